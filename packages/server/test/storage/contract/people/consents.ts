import type { ClientId, UserId } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import { anEvent, aClient, aGrant, anAccessToken, at, aUser, NOW, parallel, shared } from '../given.ts';

export function consentsContract(open: Open): void {
  const suite = shared(open);

  it('remembers what a person allowed a client, and adds to it', async () => {
    const { userId, clientId } = await pair(suite.store);
    expect(await suite.store.consents.find(userId, clientId)).toBeUndefined();
    await suite.store.consents.remember({ userId, clientId, scopes: ['openid', 'email'], grantedAt: NOW });
    await suite.store.consents.remember({ userId, clientId, scopes: ['openid', 'address'], grantedAt: at(5) });
    expect(await suite.store.consents.find(userId, clientId)).toEqual({
      userId,
      clientId,
      scopes: ['address', 'email', 'openid'],
      grantedAt: at(5),
    });
  });

  it('loses nothing of consents that are given at the same time', async () => {
    const { userId, clientId } = await pair(suite.store);
    await parallel(suite.stores, 20, (store, index) =>
      store.consents.remember({ userId, clientId, scopes: [`scope${index}`], grantedAt: at(index) }),
    );
    const consent = await suite.store.consents.find(userId, clientId);
    expect(consent?.scopes).toHaveLength(20);
    expect(consent?.grantedAt).toEqual(at(19));
  });

  it('answers everybody who asks at the same time with what this person allowed this client', async () => {
    const [one, other] = [await pair(suite.store), await pair(suite.store)];
    await suite.store.consents.remember({ ...one, scopes: ['one'], grantedAt: NOW });
    await suite.store.consents.remember({ ...other, scopes: ['other'], grantedAt: NOW });
    const find = suite.store.consents.find;
    const found = await Promise.all([
      find(one.userId, one.clientId),
      find(one.userId, other.clientId),
      find(other.userId, one.clientId),
      find(other.userId, other.clientId),
      find(one.userId.toUpperCase() as UserId, one.clientId),
    ]);
    expect(found.map((consent) => consent?.scopes)).toEqual([['one'], undefined, undefined, ['other'], ['one']]);
  });

  it('lists the consents of a person, newest first', async () => {
    const { userId, clientId } = await pair(suite.store);
    const second = aClient();
    await suite.store.clients.add(second);
    await suite.store.consents.remember({ userId, clientId, scopes: ['a'], grantedAt: NOW });
    await suite.store.consents.remember({ userId, clientId: second.clientId, scopes: ['b'], grantedAt: at(1) });
    const list = await suite.store.consents.listOf(userId);
    expect(list.map((consent) => consent.clientId)).toEqual([second.clientId, clientId]);
    expect(await suite.store.consents.listOf('nobody' as UserId)).toEqual([]);
    expect(await suite.store.consents.find('nobody' as UserId, clientId)).toBeUndefined();
  });

  it('withdraws a consent with every grant of that client for that person', async () => {
    const { userId, clientId } = await pair(suite.store);
    const other = await pair(suite.store);
    await suite.store.consents.remember({ userId, clientId, scopes: ['a'], grantedAt: NOW });
    const meant = aGrant({ userId, clientId, offline: true });
    const otherPerson = aGrant({ userId: other.userId, clientId });
    const otherClient = aGrant({ userId, clientId: other.clientId });
    for (const grant of [meant, otherPerson, otherClient]) {
      await suite.store.refreshTokens.start({ event: anEvent(), grant, accessToken: anAccessToken(grant) });
    }
    expect(await suite.store.consents.withdraw(userId, clientId, at(9))).toBe(true);
    expect(await suite.store.consents.withdraw(userId, clientId, at(9))).toBe(false);
    expect(await suite.store.consents.withdraw('nobody' as UserId, clientId, at(9))).toBe(false);
    expect(await suite.store.consents.find(userId, clientId)).toBeUndefined();
    expect(await suite.store.grants.find(meant.id)).toMatchObject({
      revokedAt: at(9),
      revokedReason: 'consent_withdrawn',
    });
    expect((await suite.store.grants.find(otherPerson.id))?.revokedAt).toBeUndefined();
    expect((await suite.store.grants.find(otherClient.id))?.revokedAt).toBeUndefined();
  });
}

async function pair(store: Store): Promise<{ readonly userId: UserId; readonly clientId: ClientId }> {
  const user = aUser();
  const client = aClient();
  await store.users.add(user);
  await store.clients.add(client);
  return { userId: user.id, clientId: client.clientId };
}
