import type { TokenHash } from '@authly/oauth';
import type { RefreshToken } from '../../../model/refresh-token.js';
import type { FoundRefreshToken, RefreshTokenStore, Rotation } from '../../../ports/store/refresh-tokens.js';
import { wholeSeconds } from '../../whole-seconds.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool } from '../pool.js';
import { ACCESS_TOKEN_COLUMNS, ACCESS_TOKEN_RECORD, accessTokenRecord } from '../rows/access-token.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toGrant } from '../rows/grant.js';
import { REFRESH_TOKEN, type RefreshTokenRow, toRefreshToken, toReplay } from '../rows/refresh-token.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { json, sql } from '../sql.js';

// @check 156, 275
export function refreshTokens(pool: Pool): RefreshTokenStore & Flushable {
  const started = groupCommit<Family>({ write: (families) => store(pool, families) });
  const found = groupRead({ nameOf: String, read: (hashes: readonly TokenHash[]) => read(pool, hashes) });
  return {
    start: (family) => started.add(family),
    find: (hash) => found.find(hash),
    rotate: (rotation) => rotate(pool, rotation),
    flush: () => started.flush(),
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
  const rows = await pool.query<RefreshTokenRow & GrantRow & Outer<UserRow> & { successor_consumed: boolean }>(sql`
    select ${REFRESH_TOKEN}, ${GRANT}, ${USER}, n.consumed_at is not null as successor_consumed
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

/** Decided as the redemption of a code is: see there for what each part waits for. */
async function rotate(
  pool: Pool,
  { hash, now, successor, accessToken, replay }: Rotation,
): Promise<'rotated' | 'consumed' | 'expired' | 'revoked' | 'unknown'> {
  const [row] = await pool.query<{ outcome: 'rotated' | 'consumed' | 'expired' | 'revoked' | 'unknown' }>(sql`
    with alive as (
      select g.id from refresh_tokens r join grants g on g.id = r.grant_id
       where r.token_hash = ${hash} and g.revoked_at is null
         for share of g
    ), won as (
      update refresh_tokens r
         set consumed_at = ${now}, successor_hash = ${successor.hash}, replay = ${replay.sealed}, replay_key = ${replay.key}
        from alive
       where r.token_hash = ${hash} and r.grant_id = alive.id and r.consumed_at is null and r.expires_at > ${now}
      returning r.grant_id
    ), next as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
      select ${successor.hash}::text, won.grant_id, ${successor.generation}::integer, ${successor.createdAt}::timestamptz,
             ${successor.expiresAt}::timestamptz
        from won
    ), access as (
      insert into access_tokens (jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)
      select ${accessToken.jti}::text, ${wholeSeconds(accessToken.expiresAt)}::timestamptz, ${accessToken.hash}::text,
             won.grant_id, ${accessToken.clientId}::text, ${accessToken.userId}::uuid, ${accessToken.scopes}::text[],
             ${accessToken.issuedAt}::timestamptz
        from won
    )
    select case
             when exists (select from won) then 'rotated'
             when r.token_hash is null then 'unknown'
             when r.consumed_at is not null then 'consumed'
             when r.expires_at <= ${now} then 'expired'
             when not exists (select from alive) then 'revoked'
             else 'consumed'
           end as outcome
      from (values (1)) as one(row) left join refresh_tokens r on r.token_hash = ${hash}`);
  return row?.outcome ?? 'unknown';
}
