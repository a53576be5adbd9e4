import type { TokenHash } from '@authly/oauth';
import type { AuthorizationCode } from '../../../model/tokens/authorization-code.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { AuthorizationCodeStore, CodeRedemption } from '../../../ports/store/tokens/authorization-codes.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool } from '../pool.js';
import { INSERT_TOLD_EVENTS } from '../audit/append.js';
import { auditEventRecord } from '../rows/audit-event.js';
import { byHash, issuedRecord } from './batch-rows.js';
import { CODE, CODE_COLUMNS, CODE_RECORD, type CodeRow, codeRecord, toCode } from '../rows/authorization-code.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toGrant } from '../rows/grant.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { json, sql, type Statement } from '../sql.js';
import { ADMITTED } from './admission.js';

// @check 136, 275
export function authorizationCodes(pool: Pool): AuthorizationCodeStore & Flushable {
  const issued = groupCommit<Issue, boolean>({ write: (rows) => store(pool, rows) });
  const redeemed = groupCommit<CodeRedemption, Outcome>({ write: (rows) => redeem(pool, rows), maxBatch: 64 });
  const found = groupRead({ nameOf: String, read: (hashes: readonly TokenHash[]) => read(pool, hashes) });
  return {
    issue: (grant, code, pushed) => issued.add({ grant, code, pushed }),
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
  readonly pushed: TokenHash | undefined;
}

type Found = NonNullable<Awaited<ReturnType<AuthorizationCodeStore['find']>>>;

async function store(pool: Pool, rows: readonly Issue[]): Promise<readonly boolean[]> {
  const stored = await pool.query<{ grant_id: string }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${json(rows.map(({ grant }) => grantRecord(grant)))}) as r(${GRANT_RECORD})
    ), ${ADMITTED}, ${allowed(rows)}, granted as (
      insert into grants (${GRANT_COLUMNS}) select ${GRANT_COLUMNS} from asked join allowed using (id)
    )
    insert into authorization_codes (${CODE_COLUMNS})
    select ${CODE_COLUMNS}
      from json_to_recordset(${json(rows.map(({ code }) => codeRecord(code)))}) as r(${CODE_RECORD})
           join allowed on allowed.id = r.grant_id
    returning grant_id`);
  const ids = new Set(stored.map((row) => row.grant_id));
  return rows.map(({ grant }) => ids.has(grant.id));
}

/**
 * `allowed`: what was admitted, and of several logins with one pushed request the first. Pushed requests are locked after everything else,
 * in the order of their hashes, so that batches of several nodes never deadlock; whoever waited sees that it has been used.
 */
function allowed(rows: readonly Issue[]): Statement {
  const pushed = rows.flatMap(({ grant, code, pushed: hash }) =>
    hash === undefined ? [] : [{ grant_id: grant.id, hash, now: code.createdAt }],
  );
  if (pushed.length === 0) return sql`allowed as (select id from admitted)`;
  return sql`named as materialized (
      select r.* from json_to_recordset(${json(pushed)}) as r(grant_id uuid, hash text, now timestamptz)
                      join admitted on admitted.id = r.grant_id
    ), waited as materialized (
      select hash from pushed_requests where hash = any(array(select hash from named)) order by hash for update
    ), used as (
      update pushed_requests p set used_at = named.now
        from named join waited on waited.hash = named.hash
       where p.hash = named.hash and p.used_at is null
      returning named.grant_id
    ), allowed as materialized (
      select id from admitted
       where id not in (select grant_id from named) or id in (select grant_id from used)
    )`;
}

async function read(pool: Pool, hashes: readonly TokenHash[]): Promise<ReadonlyMap<string, Found>> {
  const rows = await pool.query<CodeRow & GrantRow & UserRow>(sql`
    select ${CODE}, ${GRANT}, ${USER}
      from authorization_codes c
           cross join lateral (select * from grants where id = c.grant_id offset 0) g
           cross join lateral (select * from users where id = g.user_id offset 0) u
     where c.code_hash = any((select ${hashes}::text[])::text[])`);
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
      select * from json_to_recordset(${json(toSortedRows(redemptions))}) as r(place integer, entry json, hash text, now timestamptz,
             jti text, access_expires_at timestamptz, access_hash text, client_id text, user_id uuid, scopes text[],
             issued_at timestamptz, refresh_hash text, generation integer, refresh_created_at timestamptz,
             refresh_expires_at timestamptz, refresh_bound_to text)
    ), alive as materialized (
      select g.id from grants g
       where g.id = any(array(select c.grant_id from authorization_codes c where c.code_hash = any(array(select hash from asked))))
         and g.revoked_at is null
         and (g.offline or (select s.ended_at from sessions s where s.id = g.session_id) is null)
       order by g.id for share
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
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at, bound_to)
      select refresh_hash, won.grant_id, generation, refresh_created_at, refresh_expires_at, refresh_bound_to
        from won join asked on asked.place = won.place where refresh_hash is not null
    ), told as (
      select asked.entry from won join asked on asked.place = won.place
    ), recorded as (${INSERT_TOLD_EVENTS}
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

function toSortedRows(redemptions: readonly CodeRedemption[]): readonly object[] {
  return redemptions
    .map(({ hash, now, accessToken, refreshToken, event }, place) => ({
      place,
      entry: auditEventRecord(event),
      hash,
      now,
      ...issuedRecord(accessToken),
      refresh_hash: refreshToken?.hash,
      generation: refreshToken?.generation,
      refresh_created_at: refreshToken?.createdAt,
      refresh_expires_at: refreshToken?.expiresAt,
      refresh_bound_to: refreshToken?.boundTo,
    }))
    .toSorted(byHash);
}
