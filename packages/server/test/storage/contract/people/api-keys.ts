import type { UserId } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { Open } from '../../contract.ts';
import { aClient, alone, anApiKey, at, aUser, hash, NOW, parallel, shared } from '../given.ts';

export function apiKeysContract(open: Open): void {
  const suite = shared(open);

  it('finds a key of a person with the person', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const key = anApiKey({ userId: user.id, createdBy: 'someone', expiresAt: at(60) });
    await suite.store.apiKeys.add(key);
    expect(await suite.store.apiKeys.findByHash(key.hash)).toEqual({
      key,
      user: await suite.store.users.find(user.id),
      client: undefined,
    });
    expect(await suite.store.apiKeys.find(key.id)).toEqual(key);
    expect(await suite.store.apiKeys.findByHash(hash())).toBeUndefined();
    expect(await suite.store.apiKeys.find('none')).toBeUndefined();
  });

  it('finds a key of a client with the client', async () => {
    const client = aClient({ isActive: false });
    await suite.store.clients.add(client);
    const key = anApiKey({ clientId: client.clientId });
    await suite.store.apiKeys.add(key);
    const found = await suite.store.apiKeys.findByHash(key.hash);
    expect(found?.client).toEqual({ clientId: client.clientId, isActive: false, name: client.name });
    expect(found?.user).toBeUndefined();
  });

  it('lists keys by owner, newest first, live ones or all, with how many there are', async () => {
    await alone(open, async (store) => {
      const [user, client] = [aUser(), aClient()];
      await store.users.add(user);
      await store.clients.add(client);
      const keys = [0, 1, 2, 3].map((age) =>
        anApiKey({ userId: user.id, createdAt: at(age), expiresAt: age === 1 ? at(10) : undefined }),
      );
      const ofClient = anApiKey({ clientId: client.clientId, createdAt: at(9) });
      for (const key of [...keys, ofClient]) await store.apiKeys.add(key);
      await store.apiKeys.revoke(keys[2]?.id ?? '', at(5));
      const list = async (wish: object): Promise<{ ids: string[]; total: number }> => {
        const page = { limit: 10, offset: 0, includeInactive: false, now: at(20), ...wish };
        const { keys: found, total } = await store.apiKeys.list(page);
        return { ids: found.map((key) => key.id), total };
      };
      const ids = keys.map((key) => key.id);
      expect(await list({ owner: { userId: user.id } })).toEqual({ ids: [ids[3], ids[0]], total: 2 });
      expect(await list({ owner: { userId: user.id }, includeInactive: true, limit: 2, offset: 1 })).toEqual({
        ids: [ids[2], ids[1]],
        total: 4,
      });
      expect(await list({ owner: { clientId: client.clientId } })).toEqual({ ids: [ofClient.id], total: 1 });
      expect(await list({})).toEqual({ ids: [ofClient.id, ids[3], ids[0]], total: 3 });
      expect(await list({ offset: 40 })).toEqual({ ids: [], total: 3 });
      expect(await list({ owner: { userId: 'nobody' as UserId } })).toEqual({ ids: [], total: 0 });
    });
  });

  it('remembers the last use, also when marks arrive out of order', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const key = anApiKey({ userId: user.id });
    await suite.store.apiKeys.add(key);
    await parallel(suite.stores, 30, (store, index) => {
      const seconds = (index * 7) % 30;
      return store.apiKeys.recordUse(key.id, at(seconds), seconds === 29 ? '192.0.2.29' : undefined);
    });
    await suite.store.apiKeys.recordUse('none', at(99), undefined);
    expect(await suite.store.apiKeys.find(key.id)).toMatchObject({ lastUsedAt: at(29), lastUsedIp: '192.0.2.29' });
  });

  it('revokes a key once', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const key = anApiKey({ userId: user.id });
    await suite.store.apiKeys.add(key);
    const answers = await parallel(suite.stores, 10, (store) => store.apiKeys.revoke(key.id, at(3)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await suite.store.apiKeys.find(key.id))?.revokedAt).toEqual(at(3));
    expect(await suite.store.apiKeys.revoke('none', NOW)).toBe(false);
  });

  it('rotates a key: the successor is there and the old one ends with the overlap', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const old = anApiKey({ userId: user.id });
    await suite.store.apiKeys.add(old);
    const successor = anApiKey({ userId: user.id, createdAt: at(5), rotatedFrom: old.id });
    expect(await suite.store.apiKeys.rotate(old.id, successor, at(65))).toBe(true);
    expect(await suite.store.apiKeys.find(successor.id)).toEqual(successor);
    expect((await suite.store.apiKeys.find(old.id))?.expiresAt).toEqual(at(65));
  });

  it('does not rotate a key that is not alive, and lengthens none', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const [revoked, expired, ending] = [
      anApiKey({ userId: user.id }),
      anApiKey({ userId: user.id, expiresAt: at(4) }),
      anApiKey({ userId: user.id, expiresAt: at(20) }),
    ];
    for (const key of [revoked, expired, ending]) await suite.store.apiKeys.add(key);
    await suite.store.apiKeys.revoke(revoked.id, at(1));
    const rotate = (id: string): Promise<boolean> =>
      suite.store.apiKeys.rotate(id, anApiKey({ userId: user.id, createdAt: at(5) }), at(65));
    expect(await rotate(revoked.id)).toBe(false);
    expect(await rotate(expired.id)).toBe(false);
    expect(await rotate('none')).toBe(false);
    expect(await rotate(ending.id)).toBe(true);
    expect((await suite.store.apiKeys.find(ending.id))?.expiresAt).toEqual(at(20));
  });
}
