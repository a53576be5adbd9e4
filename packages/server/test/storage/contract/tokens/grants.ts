import type { ClientId, GrantId, UserId } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { Grant } from '../../../../src/model/tokens/grant.ts';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import { anEvent, aGrant, anAccessToken, at, aUser, name, NOW, parallel, shared, uuid } from '../given.ts';

export function grantsContract(open: Open): void {
  const suite = shared(open);

  it('keeps everything of a grant', async () => {
    const userId = await person(suite.store);
    const grant = aGrant({
      userId,
      sessionId: uuid(),
      resources: ['https://api.example'],
      claims: { userinfo: { email: { essential: true } } },
      offline: true,
      amr: [],
    });
    await store(suite.store, grant);
    expect(await suite.store.grants.find(grant.id)).toEqual(grant);
    expect(await suite.store.grants.find(uuid<GrantId>())).toBeUndefined();
    expect(await suite.store.grants.find('none' as GrantId)).toBeUndefined();
  });

  it('revokes one grant, once, and keeps the first reason', async () => {
    const grant = aGrant();
    await store(suite.store, grant);
    const counts = await parallel(suite.stores, 20, (one) =>
      one.grants.revoke({ id: grant.id }, 'revoked_by_user', at(1)),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await suite.store.grants.revoke({ id: grant.id }, 'revoked_by_admin', at(2))).toBe(0);
    expect(await suite.store.grants.find(grant.id)).toMatchObject({
      revokedAt: at(1),
      revokedReason: 'revoked_by_user',
    });
    expect(await suite.store.grants.revoke({ id: 'none' as GrantId }, 'logout', NOW)).toBe(0);
    expect(await suite.store.grants.revoke({ userId: 'nobody' as UserId }, 'logout', NOW)).toBe(0);
  });

  it('revokes the grants of a person, of a client, or of both', async () => {
    const [ann, bob] = [await person(suite.store), await person(suite.store)];
    const [one, two] = [name('client') as ClientId, name('client') as ClientId];
    const pairs = [
      [ann, one],
      [ann, two],
      [bob, one],
      [bob, two],
    ] as const;
    const grants = pairs.map(([userId, clientId]) => aGrant({ userId, clientId }));
    for (const grant of grants) await store(suite.store, grant);
    const revoked = async (): Promise<boolean[]> => {
      const found = await Promise.all(grants.map(({ id }) => suite.store.grants.find(id)));
      return found.map((grant) => grant?.revokedAt !== undefined);
    };
    expect(await suite.store.grants.revoke({ userId: ann, clientId: two }, 'consent_withdrawn', NOW)).toBe(1);
    expect(await revoked()).toEqual([false, true, false, false]);
    expect(await suite.store.grants.revoke({ userId: ann }, 'password_changed', NOW)).toBe(1);
    expect(await revoked()).toEqual([true, true, false, false]);
    expect(await suite.store.grants.revoke({ clientId: two }, 'client_deactivated', NOW)).toBe(1);
    expect(await revoked()).toEqual([true, true, false, true]);
  });

  it('counts only those that were alive, and revokes those that had expired too', async () => {
    const userId = await person(suite.store);
    const expired = aGrant({ userId, expiresAt: at(10) });
    await store(suite.store, expired);
    await store(suite.store, aGrant({ userId }));
    expect(await suite.store.grants.revoke({ userId }, 'logout', at(20))).toBe(1);
    expect((await suite.store.grants.find(expired.id))?.revokedAt).toEqual(at(20));
  });

  it('survives revocations of overlapping selections at the same time', async () => {
    const userId = await person(suite.store);
    const clientId = name('client') as ClientId;
    const grants = Array.from({ length: 30 }, (_, age) => aGrant({ userId, clientId, createdAt: at(age) }));
    for (const grant of grants) await store(suite.store, grant);
    const counts = await parallel(suite.stores, 40, (one, index) => {
      if (index % 4 === 0) return one.grants.revoke({ userId }, 'logout', NOW);
      if (index % 4 === 1) return one.grants.revoke({ clientId }, 'client_deactivated', NOW);
      if (index % 4 === 2) return one.grants.revoke({ userId, clientId }, 'consent_withdrawn', NOW);
      return one.grants.revoke({ id: grants[index % 30]?.id ?? uuid() }, 'revoked_by_user', NOW);
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  });
}

async function person(one: Store): Promise<UserId> {
  const user = aUser();
  await one.users.add(user);
  return user.id;
}

async function store(one: Store, grant: Grant): Promise<void> {
  await one.refreshTokens.start({ event: anEvent(), grant, accessToken: anAccessToken(grant) });
}
