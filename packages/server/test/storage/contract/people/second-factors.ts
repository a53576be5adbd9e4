import { randomBytes } from 'node:crypto';
import type { UserId } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { TotpSetup } from '../../../../src/model/people/second-factor.ts';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import { at, aUser, hash, NOW, parallel, shared, uuid } from '../given.ts';
import { secondFactorOf } from '../../../support/second-factor.js';

export function secondFactorsContract(open: Open): void {
  const suite = shared(open);

  it('keeps a set-up apart until it is confirmed', async () => {
    const { secondFactors } = suite.store;
    const setup = aSetup(await person(suite.store));
    await secondFactors.propose(setup);
    expect(await secondFactorOf({ secondFactors }, setup.userId)).toBeUndefined();
    expect(await secondFactors.findSetup(setup.userId, NOW)).toEqual(setup);
    expect(await secondFactors.findSetup(setup.userId, setup.expiresAt)).toBeUndefined();
    expect(await secondFactors.findSetup('none' as UserId, NOW)).toBeUndefined();
  });

  it('makes an authenticator of a confirmed set-up, with its recovery codes', async () => {
    const { secondFactors } = suite.store;
    const setup = aSetup(await person(suite.store));
    await secondFactors.propose(setup);
    const codes = [hash(), hash(), hash()];
    expect(await secondFactors.enable({ setup, step: 7, recoveryCodes: codes, now: at(5) })).toBe(true);
    expect(await secondFactorOf({ secondFactors }, setup.userId)).toEqual({
      id: setup.id,
      userId: setup.userId,
      sealedSecret: setup.sealedSecret,
      enabledAt: at(5),
      recoveryCodesMadeAt: at(5),
      recoveryCodesLeft: 3,
    });
    expect(await secondFactors.findSetup(setup.userId, at(5))).toBeUndefined();
    expect(await secondFactors.useStep(setup, 7)).toBe(false);
  });

  it('confirms neither what expired, nor what was replaced, nor for somebody else', async () => {
    const { secondFactors } = suite.store;
    const [expired, replaced, other] = [
      aSetup(await person(suite.store)),
      aSetup(await person(suite.store)),
      await person(suite.store),
    ];
    await secondFactors.propose(expired);
    await secondFactors.propose(replaced);
    const successor = aSetup(replaced.userId);
    await secondFactors.propose(successor);
    const enable = (setup: Pick<TotpSetup, 'id' | 'userId'>, now = at(1)): Promise<boolean> =>
      secondFactors.enable({ setup, step: 1, recoveryCodes: [hash()], now });
    expect(await enable(expired, expired.expiresAt)).toBe(false);
    expect(await enable(replaced)).toBe(false);
    expect(await enable({ id: expired.id, userId: other })).toBe(false);
    expect(await secondFactorOf({ secondFactors }, expired.userId)).toBeUndefined();
    expect(await enable(successor)).toBe(true);
  });

  it('is confirmed by exactly one of fifty, whose recovery codes count', async () => {
    const setup = aSetup(await person(suite.store));
    await suite.store.secondFactors.propose(setup);
    const codes = Array.from({ length: 50 }, () => [hash(), hash()]);
    const won = await parallel(suite.stores, 50, (store, index) =>
      store.secondFactors.enable({ setup, step: 1, recoveryCodes: codes[index] ?? [], now: at(1) }),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const winner = codes[won.indexOf(true)] ?? [];
    expect((await secondFactorOf(suite.store, setup.userId))?.recoveryCodesLeft).toBe(2);
    for (const code of winner)
      expect(await suite.store.secondFactors.useRecoveryCode(setup.userId, code, at(2))).toBeDefined();
  });

  it('puts a new authenticator in the place of the one before, whose codes are worth nothing then', async () => {
    const { secondFactors } = suite.store;
    const { setup: before, codes } = await enabled(suite.store);
    const setup = aSetup(before.userId);
    await secondFactors.propose(setup);
    expect((await secondFactorOf({ secondFactors }, before.userId))?.id).toBe(before.id);
    expect(await secondFactors.enable({ setup, step: 3, recoveryCodes: [hash()], now: at(9) })).toBe(true);
    expect(await secondFactorOf({ secondFactors }, before.userId)).toMatchObject({
      id: setup.id,
      recoveryCodesLeft: 1,
    });
    expect(await secondFactors.useRecoveryCode(before.userId, codes[0] ?? '', at(10))).toBeUndefined();
    expect(await secondFactors.useStep(before, 99)).toBe(false);
    expect(await secondFactors.useStep(setup, 4)).toBe(true);
  });

  // @attack second-factor code used twice (dex 5af2b61b)
  it('lets exactly one of fifty use a time step, and nobody an earlier one afterwards', async () => {
    const { setup } = await enabled(suite.store, { step: 100 });
    const won = await parallel(suite.stores, 50, (store) => store.secondFactors.useStep(setup, 102));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await suite.store.secondFactors.useStep(setup, 101)).toBe(false);
    expect(await suite.store.secondFactors.useStep(setup, 102)).toBe(false);
    expect(await suite.store.secondFactors.useStep(setup, 103)).toBe(true);
  });

  it('keeps time steps of the far future and past as they are', async () => {
    const { setup } = await enabled(suite.store, { step: 0 });
    const far = 4_000_000_000;
    expect(await suite.store.secondFactors.useStep(setup, far)).toBe(true);
    expect(await suite.store.secondFactors.useStep(setup, far)).toBe(false);
    expect(await suite.store.secondFactors.useStep({ id: uuid() }, far + 1)).toBe(false);
  });

  // @attack second-factor code used twice (dex 5af2b61b)
  it('lets exactly one of fifty use a recovery code', async () => {
    const { setup, codes } = await enabled(suite.store);
    const [code = ''] = codes;
    const left = await parallel(suite.stores, 50, (store) =>
      store.secondFactors.useRecoveryCode(setup.userId, code, at(2)),
    );
    expect(left.filter((one) => one !== undefined)).toEqual([codes.length - 1]);
    expect((await secondFactorOf(suite.store, setup.userId))?.recoveryCodesLeft).toBe(codes.length - 1);
  });

  it('counts down to the last recovery code', async () => {
    const { setup, codes } = await enabled(suite.store);
    const left = [];
    for (const code of codes) left.push(await suite.store.secondFactors.useRecoveryCode(setup.userId, code, at(2)));
    expect(left).toEqual([2, 1, 0]);
  });

  it("knows nobody else's recovery codes", async () => {
    const [one, other] = [await enabled(suite.store), await enabled(suite.store)];
    const [code = ''] = one.codes;
    expect(await suite.store.secondFactors.useRecoveryCode(other.setup.userId, code, at(2))).toBeUndefined();
    expect(await suite.store.secondFactors.useRecoveryCode(uuid<UserId>(), code, at(2))).toBeUndefined();
    expect(await suite.store.secondFactors.useRecoveryCode('none' as UserId, code, at(2))).toBeUndefined();
    expect(await suite.store.secondFactors.useRecoveryCode(one.setup.userId, code, at(2))).toBe(2);
  });

  it('makes new recovery codes: of many who do it at once, one has codes that count', async () => {
    const { setup, codes } = await enabled(suite.store);
    const made = Array.from({ length: 20 }, () => [hash(), hash()]);
    const done = await parallel(suite.stores, 20, (store, index) =>
      store.secondFactors.replaceRecoveryCodes(setup.userId, made[index] ?? [], at(7)),
    );
    expect(done.every(Boolean)).toBe(true);
    expect(await secondFactorOf(suite.store, setup.userId)).toMatchObject({
      enabledAt: at(1),
      recoveryCodesMadeAt: at(7),
      recoveryCodesLeft: 2,
    });
    expect(await suite.store.secondFactors.useRecoveryCode(setup.userId, codes[0] ?? '', at(8))).toBeUndefined();
    const counting = [];
    for (const pair of made)
      for (const code of pair)
        if ((await suite.store.secondFactors.useRecoveryCode(setup.userId, code, at(8))) !== undefined)
          counting.push(pair);
    expect(counting).toHaveLength(2);
    expect(counting[0]).toBe(counting[1]);
  });

  it('makes no recovery codes for who has no authenticator', async () => {
    const userId = await person(suite.store);
    expect(await suite.store.secondFactors.replaceRecoveryCodes(userId, [hash()], at(1))).toBe(false);
    expect(await suite.store.secondFactors.replaceRecoveryCodes('none' as UserId, [hash()], at(1))).toBe(false);
  });

  it('removes everything of it, once', async () => {
    const { secondFactors } = suite.store;
    const { setup, codes } = await enabled(suite.store);
    await secondFactors.propose(aSetup(setup.userId));
    expect(await secondFactors.remove(setup.userId)).toBe(true);
    expect(await secondFactorOf({ secondFactors }, setup.userId)).toBeUndefined();
    expect(await secondFactors.findSetup(setup.userId, NOW)).toBeUndefined();
    expect(await secondFactors.useRecoveryCode(setup.userId, codes[0] ?? '', at(2))).toBeUndefined();
    expect(await secondFactors.useStep(setup, 99)).toBe(false);
    expect(await secondFactors.remove(setup.userId)).toBe(false);
    expect(await secondFactors.remove('none' as UserId)).toBe(false);
  });

  it('goes with its person', async () => {
    const { setup } = await enabled(suite.store);
    expect(await suite.store.users.remove(setup.userId)).toBe('removed');
    expect(await secondFactorOf(suite.store, setup.userId)).toBeUndefined();
  });

  it('is part of a transaction', async () => {
    const { setup } = await enabled(suite.store);
    const failed = suite.store.transaction(async (tx) => {
      await tx.secondFactors.remove(setup.userId);
      throw new Error('after all not');
    });
    await expect(failed).rejects.toThrow('after all not');
    expect(await secondFactorOf(suite.store, setup.userId)).toMatchObject({ id: setup.id, recoveryCodesLeft: 3 });
  });
}

async function person(store: Store): Promise<UserId> {
  const user = aUser();
  await store.users.add(user);
  return user.id;
}

function aSetup(userId: UserId): TotpSetup {
  return { id: uuid(), userId, sealedSecret: randomBytes(65), createdAt: NOW, expiresAt: at(900) };
}

async function enabled(
  store: Store,
  { step = 1 } = {},
): Promise<{ readonly setup: TotpSetup; readonly codes: readonly string[] }> {
  const setup = aSetup(await person(store));
  const codes = [hash(), hash(), hash()];
  await store.secondFactors.propose(setup);
  await store.secondFactors.enable({ setup, step, recoveryCodes: codes, now: at(1) });
  return { setup, codes };
}
