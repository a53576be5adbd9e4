import type { TokenHash } from '@authly/oauth';
import type { RefreshToken } from '../../../model/refresh-token.js';
import type { FoundRefreshToken, RefreshTokenStore, Rotation } from '../../../ports/store/refresh-tokens.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool } from '../pool.js';
import { byHash, issuedRecord } from './asked.js';
import { ACCESS_TOKEN_COLUMNS, ACCESS_TOKEN_RECORD, accessTokenRecord } from '../rows/access-token.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toGrant } from '../rows/grant.js';
import {
  type AnswerRow,
  REFRESH_TOKEN,
  type RefreshTokenRow,
  toRefreshToken,
  toReplay,
} from '../rows/refresh-token.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { json, sql } from '../sql.js';

// @check 156, 275
export function refreshTokens(pool: Pool): RefreshTokenStore & Flushable {
  const started = groupCommit<Family>({ write: (families) => store(pool, families) });
  const rotated = groupCommit<Rotation, Outcome>({ write: (rows) => rotate(pool, rows), maxBatch: 64 });
  const found = groupRead({ nameOf: String, read: (hashes: readonly TokenHash[]) => read(pool, hashes) });
  return {
    start: (family) => started.add(family),
    find: (hash) => found.find(hash),
    rotate: (rotation) => rotated.add(rotation),
    flush: async () => {
      await Promise.all([started.flush(), rotated.flush()]);
    },
  };
}

type Family = Parameters<RefreshTokenStore['start']>[0];

async function store(pool: Pool, families: readonly Family[]): Promise<undefined[]> {
  const refreshRecords = families.flatMap(({ refreshToken }) => (refreshToken === undefined ? [] : [refreshToken]));
  await pool.count(sql`
    with granted as (
      insert into grants (${GRANT_COLUMNS})
      select ${GRANT_COLUMNS}
        from json_to_recordset(${json(families.map(({ grant }) => grantRecord(grant)))}) as r(${GRANT_RECORD})
    ), refresh as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
      select token_hash, grant_id, generation, created_at, expires_at
        from json_to_recordset(${json(refreshRecords.map(refreshRecord))}) as r(token_hash text, grant_id uuid,
             generation integer, created_at timestamptz, expires_at timestamptz)
    )
    insert into access_tokens (${ACCESS_TOKEN_COLUMNS})
    select ${ACCESS_TOKEN_COLUMNS}
      from json_to_recordset(${json(families.map(({ accessToken }) => accessTokenRecord(accessToken)))})
        as r(${ACCESS_TOKEN_RECORD})`);
  return families.map(() => undefined);
}

function refreshRecord(token: RefreshToken): object {
  return {
    token_hash: token.hash,
    grant_id: token.grantId,
    generation: token.generation,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
  };
}

async function read(pool: Pool, hashes: readonly TokenHash[]): Promise<ReadonlyMap<string, FoundRefreshToken>> {
  const rows = await pool.query<
    RefreshTokenRow & AnswerRow & GrantRow & Outer<UserRow> & { successor_consumed: boolean }
  >(sql`
    select ${REFRESH_TOKEN}, ${GRANT}, ${USER}, n.consumed_at is not null as successor_consumed,
           n.answer as n_answer, n.answer_key as n_answer_key
      from refresh_tokens r join grants g on g.id = r.grant_id left join users u on u.id = g.user_id
           left join refresh_tokens n on n.token_hash = r.successor_hash
     where r.token_hash = any(${hashes}::text[])`);
  return new Map(
    rows.map((row) => [
      row.r_token_hash,
      {
        token: toRefreshToken(row),
        grant: toGrant(row),
        user: toOptionalUser(row),
        replay: toReplay(row),
        successorConsumed: row.successor_consumed,
      },
    ]),
  );
}

type Outcome = Awaited<ReturnType<RefreshTokenStore['rotate']>>;

/** Decided as the redemption of codes is: see there for what each part waits for. */
async function rotate(pool: Pool, rotations: readonly Rotation[]): Promise<readonly Outcome[]> {
  const rows = await pool.query<{ place: number; outcome: Outcome }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${json(askedInOrder(rotations))}) as r(place integer, hash text, now timestamptz,
             jti text, access_expires_at timestamptz, access_hash text, client_id text, user_id uuid, scopes text[],
             issued_at timestamptz, successor_hash text, generation integer, successor_created_at timestamptz,
             successor_expires_at timestamptz, answer text, answer_key text)
    ), alive as materialized (
      select g.id from grants g
       where g.id = any(array(select r.grant_id from refresh_tokens r where r.token_hash = any(array(select hash from asked))))
         and g.revoked_at is null
       order by g.id for share
    ), won as (
      update refresh_tokens r
         set consumed_at = asked.now, successor_hash = asked.successor_hash, answer = null, answer_key = null
        from asked, alive
       where r.token_hash = any(array(select hash from asked)) and r.token_hash = asked.hash and r.grant_id = alive.id
         and r.consumed_at is null and r.expires_at > asked.now
      returning asked.place, r.grant_id
    ), next as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at, answer, answer_key)
      select successor_hash, won.grant_id, generation, successor_created_at, successor_expires_at,
             decode(answer, 'base64'), answer_key
        from won join asked on asked.place = won.place
    ), access as (
      insert into access_tokens (jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)
      select jti, access_expires_at, access_hash, won.grant_id, client_id, user_id, scopes, issued_at
        from won join asked on asked.place = won.place
    )
    select asked.place,
           case when won.place is not null then 'rotated' else (
             select case
                      when r.token_hash is null then 'unknown'
                      when r.consumed_at is not null then 'consumed'
                      when r.expires_at <= asked.now then 'expired'
                      when not exists (select from alive where alive.id = r.grant_id) then 'revoked'
                      else 'consumed'
                    end
               from (values (1)) as one(row) left join refresh_tokens r on r.token_hash = asked.hash
           ) end as outcome
      from asked left join won on won.place = asked.place`);
  const outcomes = new Map(rows.map((row) => [row.place, row.outcome]));
  return rotations.map((_, place) => outcomes.get(place) ?? 'unknown');
}

function askedInOrder(rotations: readonly Rotation[]): readonly object[] {
  return rotations
    .map(({ hash, now, successor, accessToken, replay }, place) => ({
      place,
      hash,
      now,
      ...issuedRecord(accessToken),
      successor_hash: successor.hash,
      generation: successor.generation,
      successor_created_at: successor.createdAt,
      successor_expires_at: successor.expiresAt,
      answer: replay.sealed.toString('base64'),
      answer_key: replay.key,
    }))
    .toSorted(byHash);
}
