import type { SessionId, UserId } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import {
  anEvent,
  aCode,
  aGrant,
  anAccessToken,
  aSession,
  at,
  aUser,
  hash,
  NOW,
  parallel,
  shared,
  uuid,
} from '../given.ts';

export function sessionsContract(open: Open): void {
  const suite = shared(open);

  it('finds a session with its person by the hash of its secret', async () => {
    const user = await person(suite.store);
    const session = aSession({ userId: user });
    await suite.store.sessions.add(session);
    expect(await suite.store.sessions.findBySecret(session.secretHash)).toEqual({
      session,
      user: await suite.store.users.find(user),
    });
    expect(await suite.store.sessions.find(session.id)).toEqual(session);
    expect(await suite.store.sessions.findBySecret(hash())).toBeUndefined();
    expect(await suite.store.sessions.find(uuid<SessionId>())).toBeUndefined();
    expect(await suite.store.sessions.find('none' as SessionId)).toBeUndefined();
  });

  it('finds many sessions that are asked for at the same time, each its own', async () => {
    const user = await person(suite.store);
    const sessions = Array.from({ length: 40 }, () => aSession({ userId: user }));
    await Promise.all(sessions.map((session) => suite.store.sessions.add(session)));
    const found = await Promise.all(
      [...sessions, ...sessions].map(({ secretHash }) => suite.store.sessions.findBySecret(secretHash)),
    );
    expect(found.map((one) => one?.session.id)).toEqual([...sessions, ...sessions].map(({ id }) => id));
  });

  it('lists the live sessions of a person, newest first', async () => {
    const user = await person(suite.store);
    const sessions = [0, 1, 2, 3, 4].map((age) =>
      aSession({
        userId: user,
        createdAt: at(age),
        expiresAt: age === 1 ? at(50) : at(3600),
        endedAt: age === 2 ? at(10) : undefined,
      }),
    );
    for (const session of sessions) await suite.store.sessions.add(session);
    await suite.store.sessions.add(aSession({ userId: await person(suite.store) }));
    const list = await suite.store.sessions.listOf(user, { limit: 10, offset: 0, now: at(60) });
    expect(list.map(({ id }) => id)).toEqual([sessions[4]?.id, sessions[3]?.id, sessions[0]?.id]);
    const page = await suite.store.sessions.listOf(user, { limit: 1, offset: 1, now: at(60) });
    expect(page.map(({ id }) => id)).toEqual([sessions[3]?.id]);
    expect(await suite.store.sessions.listOf('nobody' as UserId, { limit: 1, offset: 0, now: NOW })).toEqual([]);
  });

  it('remembers the last time that a session was seen, also when marks arrive out of order', async () => {
    const session = aSession({ userId: await person(suite.store) });
    await suite.store.sessions.add(session);
    await parallel(suite.stores, 30, (store, index) => store.sessions.recordUse(session.id, at((index * 7) % 30)));
    await suite.store.sessions.recordUse(uuid<SessionId>(), at(99));
    await suite.store.sessions.recordUse('none' as SessionId, at(99));
    expect((await suite.store.sessions.find(session.id))?.lastSeenAt).toEqual(at(29));
  });

  it('renews a session under a new secret: the old one finds nothing any more', async () => {
    const session = aSession({ userId: await person(suite.store) });
    await suite.store.sessions.add(session);
    const change = {
      secretHash: hash(),
      authTime: at(20),
      lastSeenAt: at(20),
      expiresAt: at(7200),
      acr: 'urn:authly:acr:2',
      amr: ['pwd', 'otp'],
    };
    await suite.store.sessions.renew(session.id, change);
    expect((await suite.store.sessions.findBySecret(change.secretHash))?.session).toEqual({ ...session, ...change });
    expect(await suite.store.sessions.findBySecret(session.secretHash)).toBeUndefined();
  });

  it('does not renew a session that has ended', async () => {
    const session = aSession({ userId: await person(suite.store) });
    await suite.store.sessions.add(session);
    await suite.store.sessions.end({ id: session.id }, at(1));
    const { authTime, lastSeenAt, expiresAt, acr, amr } = session;
    await suite.store.sessions.renew(session.id, { secretHash: hash(), authTime, lastSeenAt, expiresAt, acr, amr });
    expect(await suite.store.sessions.find(session.id)).toEqual({ ...session, endedAt: at(1) });
  });

  it('ends a session once and revokes the grants that were bound to it, not the offline ones', async () => {
    const userId = await person(suite.store);
    const session = aSession({ userId });
    await suite.store.sessions.add(session);
    const bound = aGrant({ userId, sessionId: session.id });
    const offline = aGrant({ userId, sessionId: session.id, offline: true });
    const elsewhere = aGrant({ userId, sessionId: uuid<SessionId>() });
    for (const grant of [bound, offline, elsewhere]) {
      await suite.store.refreshTokens.start({ event: anEvent(), grant, accessToken: anAccessToken(grant) });
    }
    expect(await suite.store.sessions.end({ id: session.id }, at(5))).toBe(1);
    expect(await suite.store.sessions.end({ id: session.id }, at(6))).toBe(0);
    expect((await suite.store.sessions.find(session.id))?.endedAt).toEqual(at(5));
    expect(await suite.store.grants.find(bound.id)).toMatchObject({ revokedAt: at(5), revokedReason: 'logout' });
    expect((await suite.store.grants.find(offline.id))?.revokedAt).toBeUndefined();
    expect((await suite.store.grants.find(elsewhere.id))?.revokedAt).toBeUndefined();
  });

  it('ends all sessions of a person but the one that is excepted', async () => {
    const userId = await person(suite.store);
    const sessions = Array.from({ length: 5 }, () => aSession({ userId }));
    for (const session of sessions) await suite.store.sessions.add(session);
    await suite.store.sessions.add(aSession({ userId, expiresAt: at(1) }));
    const [kept] = sessions;
    expect(await suite.store.sessions.end({ userId, except: kept?.id }, at(5))).toBe(4);
    const left = await suite.store.sessions.listOf(userId, { limit: 10, offset: 0, now: at(6) });
    expect(left.map(({ id }) => id)).toEqual([kept?.id]);
    expect(await suite.store.sessions.end({ userId }, at(7))).toBe(1);
    expect(await suite.store.sessions.end({ userId: 'nobody' as UserId }, at(7))).toBe(0);
    expect(await suite.store.sessions.end({ id: 'none' as SessionId }, at(7))).toBe(0);
  });

  it('counts every ended session once, however many end them at the same time', async () => {
    const userId = await person(suite.store);
    const sessions = Array.from({ length: 8 }, () => aSession({ userId }));
    for (const session of sessions) await suite.store.sessions.add(session);
    const counts = await parallel(suite.stores, 24, (store, index) =>
      store.sessions.end(index % 2 === 0 ? { userId } : { id: sessions[index % 8]?.id ?? uuid() }, at(5)),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(8);
  });

  it('lets no code be redeemed whose session has ended, unless it was to outlive it', async () => {
    const userId = await person(suite.store);
    const session = aSession({ userId });
    await suite.store.sessions.add(session);
    const bound = aGrant({ userId, sessionId: session.id });
    const offline = aGrant({ userId, sessionId: session.id, offline: true });
    const codes = { bound: aCode(bound), offline: aCode(offline) };
    await suite.store.codes.issue(bound, codes.bound);
    await suite.store.codes.issue(offline, codes.offline);
    await suite.store.sessions.end({ id: session.id }, at(1));
    const redeem = (code: typeof codes.bound, grant: typeof bound): Promise<string> =>
      suite.store.codes.redeem({ event: anEvent(), hash: code.hash, now: at(2), accessToken: anAccessToken(grant) });
    expect(await redeem(codes.bound, bound)).toBe('revoked');
    expect(await redeem(codes.offline, offline)).toBe('redeemed');
  });
}

async function person(store: Store): Promise<UserId> {
  const user = aUser();
  await store.users.add(user);
  return user.id;
}
