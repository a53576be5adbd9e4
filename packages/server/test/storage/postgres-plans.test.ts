/** Statements of a login that are run on tables which were empty when the server started. */
import type { TokenHash } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { Pool } from '../../src/storage/postgres/pool.ts';
import { sql } from '../../src/storage/postgres/sql.ts';
import { createPostgresStore, type PostgresStore } from '../../src/storage/postgres/store.ts';
import { createTestDatabase } from '../support/database.ts';
import {
  anEvent,
  aCode,
  aGrant,
  anAccessToken,
  aRefreshToken,
  aReplay,
  aSession,
  at,
  aUser,
  hash,
  NOW,
} from './contract/given.ts';
import { administer, openPool } from './servers/postgres.ts';

/** How often PostgreSQL plans a prepared statement before it keeps the plan, if that is not dearer. */
const PLANNED = 5;

let url: string;
let pool: Pool;
let store: PostgresStore;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  // One connection, so that every use meets the plan of the uses before.
  pool = openPool(database.url, { 'database.pool_max': 1 });
  url = database.url;
  store = createPostgresStore(pool, { clock: systemClock });
  close = async () => {
    await pool.close();
    await database.drop();
  };
});
afterAll(() => close());

/** A login from the session to the refresh, with everything that a browser and a program ask for on the way. */
async function login(): Promise<void> {
  const user = aUser();
  await store.users.add(user);
  const session = aSession({ userId: user.id });
  await store.sessions.add(session);
  await store.sessions.findBySecret(session.secretHash);
  await store.sessions.recordUse(session.id, at(90));
  await store.replays.claim(hash(), at(60), NOW);
  const grant = aGrant({ userId: user.id, sessionId: session.id, offline: true });
  await store.consents.find(user.id, grant.clientId);
  const code = aCode(grant);
  await store.codes.issue(grant, code);
  await store.codes.find(code.hash);
  const [first, second] = [aRefreshToken(grant), aRefreshToken(grant, { generation: 2 })];
  const accessToken = anAccessToken(grant);
  await store.codes.redeem({ event: anEvent(), hash: code.hash, now: at(1), accessToken, refreshToken: first });
  await store.accessTokens.find(accessToken.jti, accessToken.expiresAt);
  await store.refreshTokens.find(first.hash);
  await store.refreshTokens.rotate({
    event: anEvent(),
    hash: first.hash,
    now: at(1),
    successor: second,
    accessToken: anAccessToken(grant),
    replay: aReplay(),
  });
  await store.refreshTokens.find(first.hash);
}

describe('on a database that was empty when the server started', () => {
  it('the statements of a login are planned a few times and never again', async () => {
    for (let use = 0; use < 3 * PLANNED; use += 1) await login();
    const plannedAgain = await pool.query(sql`
      select statement, custom_plans from pg_prepared_statements where custom_plans > ${PLANNED}`);
    expect(plannedAgain).toEqual([]);
  });

  it('they read as few rows when the tables have grown as before', async () => {
    await administer(
      url,
      `insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at)
       select gen_random_uuid(), 'filler' || n, 'filler' || n || '@example.com', 'x', now(), now(), now()
         from generate_series(1, 3000) n;
       insert into sessions (id, secret_hash, user_id, created_at, auth_time, last_seen_at, expires_at, acr, amr)
       select id, 'session' || username, id, now(), now(), now(), 'infinity', 'acr', '{}' from users where username like 'filler%';
       insert into grants (id, client_id, user_id, session_id, scopes, method, created_at, expires_at)
       select id, 'filler', id, id, '{}', 'authorization_code', now(), 'infinity' from users where username like 'filler%';
       insert into authorization_codes (code_hash, grant_id, client_id, created_at, expires_at)
       select 'code' || id, id, 'filler', now(), 'infinity' from grants where client_id = 'filler';
       insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
       select 'refresh' || id, id, 1, now(), 'infinity' from grants where client_id = 'filler'`,
    );
    const before = await rowsRead();
    await login();
    expect((await rowsRead()) - before).toBeLessThan(1000);
  });

  it('a refresh reads as few rows when the login has been refreshed often before', async () => {
    const user = aUser();
    await store.users.add(user);
    const grant = aGrant({ userId: user.id, offline: true });
    const [first, second] = [aRefreshToken(grant), aRefreshToken(grant, { generation: 2 })];
    await store.refreshTokens.start({
      event: anEvent(),
      grant,
      accessToken: anAccessToken(grant),
      refreshToken: first,
    });
    await administer(
      url,
      `insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at, consumed_at)
       select 'before' || n, '${grant.id}', 1, now(), 'infinity', now() from generate_series(1, 3000) n`,
    );
    const before = await rowsRead();
    await store.refreshTokens.rotate({
      event: anEvent(),
      hash: first.hash,
      now: at(1),
      successor: second,
      accessToken: anAccessToken(grant),
      replay: aReplay(),
    });
    expect((await rowsRead()) - before).toBeLessThan(1000);
  });
});

/** Rows that the statements of this connection have read so far, from tables and indexes. */
async function rowsRead(): Promise<number> {
  await pool.query(sql`select pg_stat_force_next_flush()`);
  await store.refreshTokens.find('nobody' as TokenHash);
  const [row] = await pool.query<{ read: number }>(sql`
    select (sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) + (
             select sum(idx_tup_read) from pg_stat_user_indexes))::integer as read
      from pg_stat_user_tables`);
  return row?.read ?? 0;
}
