import type { TokenHash } from '@authly/oauth';
import type { AuthorizationCode } from '../../../model/authorization-code.js';
import type { Grant } from '../../../model/grant.js';
import type { AuthorizationCodeStore, CodeRedemption } from '../../../ports/store/authorization-codes.js';
import { wholeSeconds } from '../../whole-seconds.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool } from '../pool.js';
import { CODE, type CodeRow, toCode } from '../rows/authorization-code.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toGrant } from '../rows/grant.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { json, sql } from '../sql.js';

// @check 136, 275
export function authorizationCodes(pool: Pool): AuthorizationCodeStore & Flushable {
  const issued = groupCommit<Issue>({ write: (rows) => store(pool, rows) });
  const found = groupRead({ nameOf: String, read: (hashes: readonly TokenHash[]) => read(pool, hashes) });
  return {
    issue: (grant, code) => issued.add({ grant, code }),
    find: (hash) => found.find(hash),
    redeem: (redemption) => redeem(pool, redemption),
    flush: () => issued.flush(),
  };
}

interface Issue {
  readonly grant: Grant;
  readonly code: AuthorizationCode;
}

type Found = NonNullable<Awaited<ReturnType<AuthorizationCodeStore['find']>>>;

async function store(pool: Pool, rows: readonly Issue[]): Promise<undefined[]> {
  await pool.count(sql`
    with stored as (
      insert into grants (${GRANT_COLUMNS})
      select ${GRANT_COLUMNS} from json_to_recordset(${json(rows.map(({ grant }) => grantRecord(grant)))}) as r(${GRANT_RECORD})
    )
    insert into authorization_codes
      (code_hash, grant_id, client_id, redirect_uri, code_challenge, nonce, created_at, expires_at)
    select code_hash, grant_id, client_id, redirect_uri, code_challenge, nonce, created_at, expires_at
      from json_to_recordset(${json(rows.map(({ code }) => codeRecord(code)))}) as r(code_hash text, grant_id uuid,
           client_id text, redirect_uri text, code_challenge text, nonce text, created_at timestamptz,
           expires_at timestamptz)`);
  return rows.map(() => undefined);
}

function codeRecord(code: AuthorizationCode): object {
  return {
    code_hash: code.hash,
    grant_id: code.grantId,
    client_id: code.clientId,
    redirect_uri: code.redirectUri,
    code_challenge: code.codeChallenge,
    nonce: code.nonce,
    created_at: code.createdAt,
    expires_at: code.expiresAt,
  };
}

async function read(pool: Pool, hashes: readonly TokenHash[]): Promise<ReadonlyMap<string, Found>> {
  const rows = await pool.query<CodeRow & GrantRow & UserRow>(sql`
    select ${CODE}, ${GRANT}, ${USER}
      from authorization_codes c join grants g on g.id = c.grant_id join users u on u.id = g.user_id
     where c.code_hash = any(${hashes}::text[])`);
  return new Map(rows.map((row) => [row.c_code_hash, { code: toCode(row), grant: toGrant(row), user: toUser(row) }]));
}

/**
 * `alive` waits for a revocation that is under way and then sees it; `won` waits for another redemption and then finds the code
 * redeemed. The rows of the last part are those from before the statement: a code that was free then and is not won now was
 * taken meanwhile. A code whose browser session has ended is as good as revoked, even when it was issued while the session
 * was ending.
 */
async function redeem(
  pool: Pool,
  { hash, now, accessToken, refreshToken }: CodeRedemption,
): Promise<'redeemed' | 'replayed' | 'expired' | 'revoked' | 'unknown'> {
  const [row] = await pool.query<{ outcome: 'redeemed' | 'replayed' | 'expired' | 'revoked' | 'unknown' }>(sql`
    with alive as (
      select g.id
        from authorization_codes c join grants g on g.id = c.grant_id left join sessions s on s.id = g.session_id
       where c.code_hash = ${hash} and g.revoked_at is null and (g.offline or s.ended_at is null)
         for share of g
    ), won as (
      update authorization_codes c set redeemed_at = ${now}
        from alive
       where c.code_hash = ${hash} and c.grant_id = alive.id and c.redeemed_at is null and c.expires_at > ${now}
      returning c.grant_id
    ), access as (
      insert into access_tokens (jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)
      select ${accessToken.jti}::text, ${wholeSeconds(accessToken.expiresAt)}::timestamptz, ${accessToken.hash}::text,
             won.grant_id, ${accessToken.clientId}::text, ${accessToken.userId}::uuid, ${accessToken.scopes}::text[],
             ${accessToken.issuedAt}::timestamptz
        from won
    ), refresh as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
      select ${refreshToken?.hash}::text, won.grant_id, ${refreshToken?.generation}::integer,
             ${refreshToken?.createdAt}::timestamptz, ${refreshToken?.expiresAt}::timestamptz
        from won where ${refreshToken !== undefined}::boolean
    )
    select case
             when exists (select from won) then 'redeemed'
             when c.code_hash is null then 'unknown'
             when c.redeemed_at is not null then 'replayed'
             when c.expires_at <= ${now} then 'expired'
             when not exists (select from alive) then 'revoked'
             else 'replayed'
           end as outcome
      from (values (1)) as one(row) left join authorization_codes c on c.code_hash = ${hash}`);
  return row?.outcome ?? 'unknown';
}
