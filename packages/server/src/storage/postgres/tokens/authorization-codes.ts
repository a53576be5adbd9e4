import type { TokenHash } from '@authly/oauth';
import type { AuthorizationCode } from '../../../model/authorization-code.js';
import type { Grant } from '../../../model/grant.js';
import type { AuthorizationCodeStore, CodeRedemption } from '../../../ports/store/authorization-codes.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool } from '../pool.js';
import { byHash, issuedRecord } from './asked.js';
import { CODE, CODE_COLUMNS, CODE_RECORD, type CodeRow, codeRecord, toCode } from '../rows/authorization-code.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toGrant } from '../rows/grant.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { json, sql } from '../sql.js';

// @check 136, 275
export function authorizationCodes(pool: Pool): AuthorizationCodeStore & Flushable {
  const issued = groupCommit<Issue>({ write: (rows) => store(pool, rows) });
  const redeemed = groupCommit<CodeRedemption, Outcome>({ write: (rows) => redeem(pool, rows), maxBatch: 64 });
  const found = groupRead({ nameOf: String, read: (hashes: readonly TokenHash[]) => read(pool, hashes) });
  return {
    issue: (grant, code) => issued.add({ grant, code }),
    find: (hash) => found.find(hash),
    redeem: (redemption) => redeemed.add(redemption),
    flush: async () => {
      await Promise.all([issued.flush(), redeemed.flush()]);
    },
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
    insert into authorization_codes (${CODE_COLUMNS})
    select ${CODE_COLUMNS}
      from json_to_recordset(${json(rows.map(({ code }) => codeRecord(code)))}) as r(${CODE_RECORD})`);
  return rows.map(() => undefined);
}

async function read(pool: Pool, hashes: readonly TokenHash[]): Promise<ReadonlyMap<string, Found>> {
  const rows = await pool.query<CodeRow & GrantRow & UserRow>(sql`
    select ${CODE}, ${GRANT}, ${USER}
      from authorization_codes c join grants g on g.id = c.grant_id join users u on u.id = g.user_id
     where c.code_hash = any(${hashes}::text[])`);
  return new Map(rows.map((row) => [row.c_code_hash, { code: toCode(row), grant: toGrant(row), user: toUser(row) }]));
}

type Outcome = Awaited<ReturnType<AuthorizationCodeStore['redeem']>>;

/**
 * `alive` waits for a revocation that is under way and then sees it; `won` waits for another redemption and then finds the code
 * redeemed; of two redemptions of one code in this batch, one wins. The rows of the last part are those from before the
 * statement: a code that was free then and is not won now was taken meanwhile. A code whose browser session has ended is as good
 * as revoked, even when it was issued while the session was ending. Locks are taken in the order of ids and hashes, so that
 * batches of several nodes and revocations of many grants wait for each other and never deadlock.
 */
async function redeem(pool: Pool, redemptions: readonly CodeRedemption[]): Promise<readonly Outcome[]> {
  const rows = await pool.query<{ place: number; outcome: Outcome }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${json(askedInOrder(redemptions))}) as r(place integer, hash text, now timestamptz,
             jti text, access_expires_at timestamptz, access_hash text, client_id text, user_id uuid, scopes text[],
             issued_at timestamptz, refresh_hash text, generation integer, refresh_created_at timestamptz,
             refresh_expires_at timestamptz)
    ), alive as materialized (
      select g.id from grants g left join sessions s on s.id = g.session_id
       where g.id = any(array(select c.grant_id from authorization_codes c where c.code_hash = any(array(select hash from asked))))
         and g.revoked_at is null and (g.offline or s.ended_at is null)
       order by g.id for share of g
    ), won as (
      update authorization_codes c set redeemed_at = asked.now
        from asked, alive
       where c.code_hash = any(array(select hash from asked)) and c.code_hash = asked.hash and c.grant_id = alive.id
         and c.redeemed_at is null and c.expires_at > asked.now
      returning asked.place, c.grant_id
    ), access as (
      insert into access_tokens (jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)
      select jti, access_expires_at, access_hash, won.grant_id, client_id, user_id, scopes, issued_at
        from won join asked on asked.place = won.place
    ), refresh as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
      select refresh_hash, won.grant_id, generation, refresh_created_at, refresh_expires_at
        from won join asked on asked.place = won.place where refresh_hash is not null
    )
    select asked.place,
           case when won.place is not null then 'redeemed' else (
             select case
                      when c.code_hash is null then 'unknown'
                      when c.redeemed_at is not null then 'replayed'
                      when c.expires_at <= asked.now then 'expired'
                      when not exists (select from alive where alive.id = c.grant_id) then 'revoked'
                      else 'replayed'
                    end
               from (values (1)) as one(row) left join authorization_codes c on c.code_hash = asked.hash
           ) end as outcome
      from asked left join won on won.place = asked.place`);
  const outcomes = new Map(rows.map((row) => [row.place, row.outcome]));
  return redemptions.map((_, place) => outcomes.get(place) ?? 'unknown');
}

function askedInOrder(redemptions: readonly CodeRedemption[]): readonly object[] {
  return redemptions
    .map(({ hash, now, accessToken, refreshToken }, place) => ({
      place,
      hash,
      now,
      ...issuedRecord(accessToken),
      refresh_hash: refreshToken?.hash,
      generation: refreshToken?.generation,
      refresh_created_at: refreshToken?.createdAt,
      refresh_expires_at: refreshToken?.expiresAt,
    }))
    .toSorted(byHash);
}
