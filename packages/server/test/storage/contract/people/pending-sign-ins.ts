import { expect, it } from 'vitest';
import type { PendingSignIn } from '../../../../src/model/people/second-factor.ts';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import { at, aUser, hash, NOW, parallel, shared } from '../given.ts';

export function pendingSignInsContract(open: Open): void {
  const suite = shared(open);

  it('keeps who has proved their password in which browser', async () => {
    const pending = await aPending(suite.store);
    expect(await suite.store.pendingSignIns.find(pending.idHash)).toEqual(pending);
    expect(await suite.store.pendingSignIns.find(hash())).toBeUndefined();
  });

  it('is completed by exactly one of fifty', async () => {
    const pending = await aPending(suite.store);
    const won = await parallel(suite.stores, 50, (store) => store.pendingSignIns.complete(pending.idHash, at(3)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await suite.store.pendingSignIns.find(pending.idHash))?.completedAt).toEqual(at(3));
  });

  it('cannot be completed once it has expired, or when there is none', async () => {
    const pending = await aPending(suite.store);
    expect(await suite.store.pendingSignIns.complete(pending.idHash, pending.expiresAt)).toBe(false);
    expect(await suite.store.pendingSignIns.complete(hash(), NOW)).toBe(false);
    expect(await suite.store.pendingSignIns.complete(pending.idHash, at(599))).toBe(true);
  });

  it('goes with its person', async () => {
    const pending = await aPending(suite.store);
    await suite.store.users.remove(pending.userId);
    expect(await suite.store.pendingSignIns.find(pending.idHash)).toBeUndefined();
  });

  it('is forgotten some time after its end, as is a set-up that nobody confirmed', async () => {
    const pending = await aPending(suite.store);
    await suite.store.accessTokens.sweep(at(600 + 3000));
    expect(await suite.store.pendingSignIns.find(pending.idHash)).toBeDefined();
    await suite.store.accessTokens.sweep(at(600 + 4000));
    expect(await suite.store.pendingSignIns.find(pending.idHash)).toBeUndefined();
  });
}

async function aPending(store: Store): Promise<PendingSignIn> {
  const user = aUser();
  await store.users.add(user);
  const pending = {
    idHash: hash(),
    browserHash: hash(),
    userId: user.id,
    loginEpoch: 0,
    createdAt: NOW,
    expiresAt: at(600),
  };
  await store.pendingSignIns.add(pending);
  return pending;
}
