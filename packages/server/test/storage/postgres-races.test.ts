/** Races whose outcome is fixed: a test holds one side's lock until the other side waits for it. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../../src/model/tokens/grant.ts';
import {
  anEvent,
  aCode,
  aDeviceCode,
  aGrant,
  aLoginChallenge,
  anAccessToken,
  aRefreshToken,
  aReplay,
  aSession,
  at,
  aUser,
} from './contract/given.ts';
import { type OpenStores, openPostgresStores, untilBlocked, withConnection } from './servers/postgres.ts';

let opened: OpenStores;
beforeAll(async () => {
  opened = await openPostgresStores(2);
});
afterAll(async () => {
  await opened.close();
});

/** Does something in a transaction and starts the other side; ends the transaction once the other side waits. */
async function meeting<T>(
  first: (client: Client) => Promise<unknown>,
  second: () => Promise<T>,
  end: 'commit' | 'rollback' = 'commit',
): Promise<T> {
  return await withConnection(opened.url, async (client) => {
    await client.query('begin');
    await first(client);
    const waiting = second();
    await withConnection(opened.url, (observer) => untilBlocked(observer));
    await client.query(end);
    return await waiting;
  });
}

const revokes = (grant: Grant) => (client: Client) =>
  client.query(`update grants set revoked_at = now(), revoked_reason = 'logout' where id = $1`, [grant.id]);

async function family() {
  const [store] = opened.stores;
  const user = aUser();
  await store.users.add(user);
  const grant = aGrant({ userId: user.id });
  const token = aRefreshToken(grant);
  await store.refreshTokens.start({ event: anEvent(), grant, accessToken: anAccessToken(grant), refreshToken: token });
  const successor = aRefreshToken(grant, { generation: 2 });
  const rotation = {
    event: anEvent(),
    hash: token.hash,
    now: at(1),
    successor,
    accessToken: anAccessToken(grant),
    replay: aReplay(),
  };
  return { store, user, grant, rotation, successor };
}

describe('a revocation that is not committed yet', () => {
  it('is waited for by a rotation, and wins', async () => {
    const { store, grant, rotation, successor } = await family();
    expect(await meeting(revokes(grant), () => store.refreshTokens.rotate(rotation))).toBe('revoked');
    expect(await store.refreshTokens.find(successor.hash)).toBeUndefined();
  });

  it('is waited for by a rotation, which goes on when it is taken back', async () => {
    const { store, grant, rotation } = await family();
    expect(await meeting(revokes(grant), () => store.refreshTokens.rotate(rotation), 'rollback')).toBe('rotated');
  });

  it('is waited for by the redemption of a code, and wins', async () => {
    const { store, user } = await family();
    const grant = aGrant({ userId: user.id });
    const code = aCode(grant);
    await store.codes.issue(grant, code);
    const redeem = () =>
      store.codes.redeem({ event: anEvent(), hash: code.hash, now: at(1), accessToken: anAccessToken(grant) });
    expect(await meeting(revokes(grant), redeem)).toBe('revoked');
    expect((await store.codes.find(code.hash))?.code.redeemedAt).toBeUndefined();
  });

  it('is waited for by the redemption of a device code, and wins', async () => {
    const { store } = await family();
    const code = aDeviceCode();
    const grant = aGrant();
    await store.deviceCodes.add(code);
    await store.deviceCodes.approve(code.userCode, grant, anEvent(at(1)));
    const redeem = () =>
      store.deviceCodes.redeem({ event: anEvent(), hash: code.hash, now: at(2), accessToken: anAccessToken(grant) });
    expect(await meeting(revokes(grant), redeem)).toBe(false);
  });
});

describe('a use that is not committed yet', () => {
  // @attack refresh token spent twice (Keycloak PR 46054, GHSA-392p-2q2v-4372, GHSA-pw9m-5jxm-xr6h)
  // @rule 2.3
  it('of a refresh token is waited for by another, which finds it consumed', async () => {
    const { store, rotation } = await family();
    const consume = (client: Client) =>
      client.query('update refresh_tokens set consumed_at = now() where token_hash = $1', [rotation.hash]);
    expect(await meeting(consume, () => store.refreshTokens.rotate(rotation))).toBe('consumed');
  });

  it('of a refresh token is waited for by another, which wins when it is taken back', async () => {
    const { store, rotation } = await family();
    const consume = (client: Client) =>
      client.query('update refresh_tokens set consumed_at = now() where token_hash = $1', [rotation.hash]);
    expect(await meeting(consume, () => store.refreshTokens.rotate(rotation), 'rollback')).toBe('rotated');
  });

  it('of a code is waited for by another, which finds it replayed', async () => {
    const { store, user } = await family();
    const grant = aGrant({ userId: user.id });
    const code = aCode(grant);
    await store.codes.issue(grant, code);
    const answer = await meeting(
      (client) => client.query('update authorization_codes set redeemed_at = now() where code_hash = $1', [code.hash]),
      () => store.codes.redeem({ event: anEvent(), hash: code.hash, now: at(1), accessToken: anAccessToken(grant) }),
    );
    expect(answer).toBe('replayed');
  });
});

it('a login challenge that is being completed is waited for, and completed once', async () => {
  const { store, user } = await family();
  const challenge = aLoginChallenge({ userId: user.id });
  await store.loginChallenges.add(challenge);
  const grant = aGrant({ userId: user.id });
  const answer = { grant, code: aCode(grant) };
  const completes = (client: Client) =>
    client.query('update login_challenges set completed_at = now() where session_hash = $1', [challenge.hash]);
  const complete = () => store.loginChallenges.complete(challenge.hash, answer, at(1));
  expect(await meeting(completes, complete)).toBe(false);
  expect(await store.codes.find(answer.code.hash)).toBeUndefined();
  const other = aLoginChallenge({ userId: user.id });
  await store.loginChallenges.add(other);
  const takenBack = (client: Client) =>
    client.query('update login_challenges set completed_at = now() where session_hash = $1', [other.hash]);
  const again = () => store.loginChallenges.complete(other.hash, answer, at(1));
  expect(await meeting(takenBack, again, 'rollback')).toBe(true);
  expect(await store.codes.find(answer.code.hash)).toBeDefined();
});

it('a completion whose worker dies leaves nothing, and another one completes the login', async () => {
  const { store, user } = await family();
  const challenge = aLoginChallenge({ userId: user.id });
  await store.loginChallenges.add(challenge);
  const grant = aGrant({ userId: user.id });
  const answer = { grant, code: aCode(grant) };
  await withConnection(opened.url, async (holder) => {
    await holder.query('begin');
    await holder.query('select from login_challenges where session_hash = $1 for update', [challenge.hash]);
    const dying = store.loginChallenges.complete(challenge.hash, answer, at(1)).catch(() => 'died');
    await withConnection(opened.url, async (observer) => {
      await untilBlocked(observer);
      await observer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`,
      );
    });
    await holder.query('rollback');
    expect(await dying).toBe('died');
  });
  expect((await store.loginChallenges.find(challenge.hash))?.completedAt).toBeUndefined();
  expect(await store.grants.find(grant.id)).toBeUndefined();
  expect(await store.loginChallenges.complete(challenge.hash, answer, at(2))).toBe(true);
});

it('a poll that waits for the approval answers with the grant', async () => {
  const { store, user } = await family();
  const code = aDeviceCode();
  await store.deviceCodes.add(code);
  const id = randomUUID();
  const answer = await meeting(
    async (client) => {
      await client.query(
        `insert into grants (id, client_id, user_id, scopes, method, created_at, expires_at)
         values ($1, 'client', $2, '{}', 'urn:ietf:params:oauth:grant-type:device_code', now(), 'infinity')`,
        [id, user.id],
      );
      await client.query(`update device_codes set status = 'approved', grant_id = $1 where user_code = $2`, [
        id,
        code.userCode,
      ]);
    },
    () => store.deviceCodes.poll(code.hash, at(1)),
  );
  expect(answer?.found).toMatchObject({ device: { status: 'approved' }, grant: { id }, user: { id: user.id } });
});

it('an administrator is not demoted while another one is being removed', async () => {
  const { store } = await family();
  const [ann, bob] = [aUser({ isAdmin: true }), aUser({ isAdmin: true })];
  await store.users.add(ann);
  await store.users.add(bob);
  const answer = await meeting(
    (client) => client.query('delete from users where id = $1', [ann.id]),
    () => store.users.change(bob.id, { isAdmin: false }, { now: at(1) }),
  );
  expect(answer).toBe('last_admin');
});

it('a batch of good rows and one of a person who is not there stores the good ones', async () => {
  const { store, user } = await family();
  const rows = Array.from({ length: 9 }, (_, index) => {
    const grant = aGrant({ userId: index === 4 ? aUser().id : user.id });
    return { grant, code: aCode(grant) };
  });
  const answers = await Promise.all(rows.map(({ grant, code }) => store.codes.issue(grant, code)));
  expect(answers).toEqual(rows.map((_, index) => index !== 4));
  const found = await Promise.all(rows.map(({ code }) => store.codes.find(code.hash)));
  expect(found.map((one) => one !== undefined)).toEqual(rows.map((_, index) => index !== 4));
});

it('ending sessions and revoking grants of the same person at the same time does not deadlock', async () => {
  const { store, user } = await family();
  for (let round = 0; round < 5; round += 1) {
    const sessions = Array.from({ length: 6 }, () => aSession({ userId: user.id }));
    for (const session of sessions) {
      await store.sessions.add(session);
      const grant = aGrant({ userId: user.id, sessionId: session.id });
      await store.refreshTokens.start({ event: anEvent(), grant, accessToken: anAccessToken(grant) });
    }
    const [one, other = one] = opened.stores;
    await Promise.all(
      sessions.flatMap((session) => [
        one.sessions.end({ userId: user.id }, at(1)),
        other.sessions.end({ id: session.id }, at(1)),
        other.grants.revoke({ userId: user.id }, 'logout', at(1)),
        one.sessions.recordUse(session.id, at(2)),
      ]),
    );
    expect(await store.sessions.listOf(user.id, { limit: 10, offset: 0, now: at(2) })).toEqual([]);
  }
});
