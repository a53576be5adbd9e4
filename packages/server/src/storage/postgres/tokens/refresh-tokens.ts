import type { TokenHash } from '@authly/oauth';
import type { RefreshToken } from '../../../model/tokens/refresh-token.js';
import type { FoundRefreshToken, RefreshTokenStore, Rotation } from '../../../ports/store/tokens/refresh-tokens.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool } from '../pool.js';
import { INSERT_TOLD_EVENTS } from '../audit/append.js';
import { auditEventRecord } from '../rows/audit-event.js';
import { byHash, issuedRecord } from './batch-rows.js';
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
import { ADMITTED } from './admission.js';

// @check 156, 275
export function refreshTokens(pool: Pool): RefreshTokenStore & Flushable {
  const started = groupCommit<Family, boolean>({ write: (families) => store(pool, families) });
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

async function store(pool: Pool, families: readonly Family[]): Promise<readonly boolean[]> {
  const refreshRecords = families.flatMap(({ refreshToken }) => (refreshToken === undefined ? [] : [refreshToken]));
  const stored = await pool.query<{ grant_id: string }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${json(families.map(({ grant }) => grantRecord(grant)))}) as r(${GRANT_RECORD})
    ), ${ADMITTED}, granted as (
      insert into grants (${GRANT_COLUMNS}) select ${GRANT_COLUMNS} from asked join admitted using (id)
    ), refresh as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at, bound_to)
      select token_hash, grant_id, generation, created_at, expires_at, bound_to
        from json_to_recordset(${json(refreshRecords.map(refreshRecord))}) as r(token_hash text, grant_id uuid,
             generation integer, created_at timestamptz, expires_at timestamptz, bound_to text)
             join admitted on admitted.id = r.grant_id
    ), told as (
      select entry from json_to_recordset(${json(families.map(toldRecord))}) as r(grant_id uuid, entry json)
             join admitted on admitted.id = r.grant_id
    ), recorded as (${INSERT_TOLD_EVENTS}
    )
    insert into access_tokens (${ACCESS_TOKEN_COLUMNS})
    select ${ACCESS_TOKEN_COLUMNS}
      from json_to_recordset(${json(families.map(({ accessToken }) => accessTokenRecord(accessToken)))})
             as r(${ACCESS_TOKEN_RECORD})
           join admitted on admitted.id = r.grant_id
    returning grant_id`);
  const ids = new Set(stored.map((row) => row.grant_id));
  return families.map(({ grant }) => ids.has(grant.id));
}

function toldRecord({ grant, event }: Family): object {
  return { grant_id: grant.id, entry: auditEventRecord(event) };
}

function refreshRecord(token: RefreshToken): object {
  return {
    token_hash: token.hash,
    grant_id: token.grantId,
    generation: token.generation,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    bound_to: token.boundTo,
  };
}

async function read(pool: Pool, hashes: readonly TokenHash[]): Promise<ReadonlyMap<string, FoundRefreshToken>> {
  const rows = await pool.query<
    RefreshTokenRow & AnswerRow & GrantRow & Outer<UserRow> & { successor_consumed: boolean }
  >(sql`
    select ${REFRESH_TOKEN}, ${GRANT}, ${USER}, n.consumed_at is not null as successor_consumed,
           n.answer as n_answer, n.answer_key as n_answer_key
      from refresh_tokens r
           cross join lateral (select * from grants where id = r.grant_id offset 0) g
           left join lateral (select * from users where id = g.user_id offset 0) u on true
           left join lateral (select * from refresh_tokens where token_hash = r.successor_hash offset 0) n on true
     where r.token_hash = any((select ${hashes}::text[])::text[])`);
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

/**
 * Decided as the redemption of codes is: see there for what each part waits for. A token is found by its hash alone: with its grant as a
 * condition too, PostgreSQL would look through all tokens that the login has ever had.
 */
async function rotate(pool: Pool, rotations: readonly Rotation[]): Promise<readonly Outcome[]> {
  const rows = await pool.query<{ place: number; outcome: Outcome }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${json(toSortedRows(rotations))}) as r(place integer, entry json, hash text, now timestamptz,
             jti text, access_expires_at timestamptz, access_hash text, client_id text, user_id uuid, scopes text[],
             issued_at timestamptz, successor_hash text, generation integer, successor_created_at timestamptz,
             successor_expires_at timestamptz, bound_to text, answer text, answer_key text)
    ), family as materialized (
      select r.token_hash, r.grant_id from refresh_tokens r where r.token_hash = any(array(select hash from asked))
    ), alive as materialized (
      select g.id from grants g
       where g.id = any(array(select grant_id from family)) and g.revoked_at is null
       order by g.id for share
    ), won as (
      update refresh_tokens r
         set consumed_at = asked.now, successor_hash = asked.successor_hash, answer = null, answer_key = null
        from asked join family on family.token_hash = asked.hash join alive on alive.id = family.grant_id
       where r.token_hash = any(array(select hash from asked)) and r.token_hash = asked.hash
         and r.consumed_at is null and r.expires_at > asked.now
      returning asked.place, r.grant_id
    ), next as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at, bound_to, answer, answer_key)
      select successor_hash, won.grant_id, generation, successor_created_at, successor_expires_at, bound_to,
             decode(answer, 'base64'), answer_key
        from won join asked on asked.place = won.place
    ), access as (
      insert into access_tokens (jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)
      select jti, access_expires_at, access_hash, won.grant_id, client_id, user_id, scopes, issued_at
        from won join asked on asked.place = won.place
    ), told as (
      select asked.entry from won join asked on asked.place = won.place
    ), recorded as (${INSERT_TOLD_EVENTS}
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

function toSortedRows(rotations: readonly Rotation[]): readonly object[] {
  return rotations
    .map(({ hash, now, successor, accessToken, replay, event }, place) => ({
      place,
      entry: auditEventRecord(event),
      hash,
      now,
      ...issuedRecord(accessToken),
      successor_hash: successor.hash,
      generation: successor.generation,
      successor_created_at: successor.createdAt,
      successor_expires_at: successor.expiresAt,
      bound_to: successor.boundTo,
      answer: replay.sealed.toString('base64'),
      answer_key: replay.key,
    }))
    .toSorted(byHash);
}
