/** Logins that are under way while they are ended: whatever stores what they bring waits for the ending, and loses. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewUser } from '../../src/ports/store/people/users.ts';
import type { PostgresStore } from '../../src/storage/postgres/store.ts';
import {
  anEvent,
  aCode,
  aDeviceCode,
  aGrant,
  aLoginChallenge,
  anAccessToken,
  aRefreshToken,
  aSession,
  at,
  aUser,
  hash,
  NOW,
} from './contract/given.ts';
import { type OpenStores, openPostgresStores, untilBlocked, withConnection } from './servers/postgres.ts';

let opened: OpenStores;
beforeAll(async () => {
  opened = await openPostgresStores(2);
});
afterAll(() => opened.close());

/** Everything that a login can leave behind, each as the statement that stores it; all of one person who is there. */
const STORED: Readonly<Record<string, (store: PostgresStore, user: NewUser) => Promise<() => Promise<boolean>>>> = {
  'a session': async (store, { id }) => {
    const session = aSession({ userId: id });
    return () => store.sessions.add(session);
  },
  'a code': async (store, { id }) => {
    const grant = aGrant({ userId: id });
    return () => store.codes.issue(grant, aCode(grant));
  },
  'an offline code': async (store, { id }) => {
    const grant = aGrant({ userId: id, offline: true });
    return () => store.codes.issue(grant, aCode(grant));
  },
  'tokens without a browser': async (store, { id }) => {
    const grant = aGrant({ userId: id, offline: true });
    return () =>
      store.refreshTokens.start({
        event: anEvent(),
        grant,
        accessToken: anAccessToken(grant),
        refreshToken: aRefreshToken(grant),
      });
  },
  'the approval of a device': async (store, { id }) => {
    const device = aDeviceCode();
    await store.deviceCodes.add(device);
    return () => store.deviceCodes.approve(device.userCode, aGrant({ userId: id, offline: true }), anEvent(at(1)));
  },
  'a login that waits for its second factor': async (store, { id }) => {
    const pending = {
      idHash: hash(),
      browserHash: hash(),
      userId: id,
      loginEpoch: 0,
      createdAt: NOW,
      expiresAt: at(600),
    };
    return () => store.pendingSignIns.add(pending);
  },
  'a login challenge': async (store, { id }) => {
    const challenge = aLoginChallenge({ userId: id });
    return () => store.loginChallenges.add(challenge);
  },
  'the end of a login challenge': async (store, { id }) => {
    const challenge = aLoginChallenge({ userId: id });
    await store.loginChallenges.add(challenge);
    const grant = aGrant({ userId: id });
    return () => store.loginChallenges.complete(challenge.hash, { grant, code: aCode(grant) }, at(1));
  },
};

/** Everything that ends the logins of a person. */
const ENDINGS: Readonly<Record<string, (store: PostgresStore, user: NewUser) => Promise<unknown>>> = {
  'a new password': (store, { id }) => store.users.setPassword(id, 'another', { now: at(1) }),
  'a password set by an administrator': (store, { id }) =>
    store.users.change(id, { passwordHash: 'another' }, { now: at(1) }),
  'a demanded password change': (store, { id }) =>
    store.users.change(id, { requiresPasswordChange: true }, { now: at(1) }),
  'a deactivation that is taken back': async (store, { id }) => {
    await store.users.change(id, { isActive: false }, { now: at(1) });
    await store.users.change(id, { isActive: true }, { now: at(1) });
  },
  'signing out everywhere': (store, { id }) => store.sessions.end({ userId: id }, at(1)),
  'the revocation of all tokens': (store, { id }) => store.grants.revoke({ userId: id }, 'revoked_by_admin', at(1)),
  'the removal of the person': (store, { id }) => store.users.remove(id),
};

describe.each(Object.entries(STORED))('%s', (_name, prepare) => {
  it.each(Object.entries(ENDINGS))('is not stored after %s', async (_ending, end) => {
    const [store, other = store] = opened.stores;
    const user = aUser();
    await store.users.add(user);
    const finish = await prepare(store, user);
    await end(other, user);
    expect(await finish()).toBe(false);
  });

  it('is stored when a profile was changed, a password hashed anew, or another person signed out', async () => {
    const [store, other = store] = opened.stores;
    const [user, stranger] = [aUser(), aUser()];
    for (const one of [user, stranger]) await store.users.add(one);
    const finish = await prepare(store, user);
    await other.users.change(user.id, { profile: { nickname: 'Nick' } }, { now: at(1) });
    await other.users.rehash(user.id, 'the same, hashed anew', user.passwordHash);
    await other.sessions.end({ userId: stranger.id }, at(1));
    expect(await finish()).toBe(true);
  });

  // The ending is not committed yet: the other connection holds its lock.
  it.each(['commit', 'rollback'] as const)('waits for an ending that is under way: %s', async (end) => {
    const [store] = opened.stores;
    const user = aUser();
    await store.users.add(user);
    const finish = await prepare(store, user);
    const ends = (client: Client) =>
      client.query('update users set login_epoch = login_epoch + 1 where id = $1', [user.id]);
    const stored = await withConnection(opened.url, async (client) => {
      await client.query('begin');
      await ends(client);
      const waiting = finish();
      await withConnection(opened.url, (observer) => untilBlocked(observer));
      await client.query(end);
      return await waiting;
    });
    expect(stored).toBe(end === 'rollback');
  });
});

describe('a code of a session', () => {
  it.each([true, false])('that has ended is not stored, offline or not (%s)', async (offline) => {
    const [store, other = store] = opened.stores;
    const user = aUser();
    await store.users.add(user);
    const session = aSession({ userId: user.id });
    await store.sessions.add(session);
    const grant = aGrant({ userId: user.id, sessionId: session.id, offline });
    await other.sessions.end({ id: session.id }, at(1));
    expect(await store.codes.issue(grant, aCode(grant))).toBe(false);
  });

  it('waits for the end of the session, and loses', async () => {
    const [store] = opened.stores;
    const user = aUser();
    await store.users.add(user);
    const session = aSession({ userId: user.id });
    await store.sessions.add(session);
    const grant = aGrant({ userId: user.id, sessionId: session.id, offline: true });
    const stored = await withConnection(opened.url, async (client) => {
      await client.query('begin');
      await client.query('update sessions set ended_at = now() where id = $1', [session.id]);
      const waiting = store.codes.issue(grant, aCode(grant));
      await withConnection(opened.url, (observer) => untilBlocked(observer));
      await client.query('commit');
      return await waiting;
    });
    expect(stored).toBe(false);
  });
});

it('logins and endings of one person at the same time do not deadlock', async () => {
  const [one, other = one] = opened.stores;
  const user = aUser();
  await one.users.add(user);
  for (let round = 0; round < 5; round += 1) {
    const session = aSession({ userId: user.id, loginEpoch: (await one.users.find(user.id))?.loginEpoch ?? 0 });
    await one.sessions.add(session);
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const grant = aGrant({ userId: user.id, sessionId: session.id, loginEpoch: session.loginEpoch });
        const store = index % 2 === 0 ? one : other;
        await store.codes.issue(grant, aCode(grant));
        await store.sessions.end(index === 5 ? { userId: user.id } : { id: session.id }, at(1));
        await store.grants.revoke({ userId: user.id }, 'logout', at(1));
      }),
    );
  }
});
