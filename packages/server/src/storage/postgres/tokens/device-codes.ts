import type { TokenHash } from '@authly/oauth';
import type { AuditEntry } from '../../../model/audit-event.js';
import type { DeviceCode } from '../../../model/tokens/device-code.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { DeviceCodeStore, FoundDeviceCode } from '../../../ports/store/tokens/device-codes.js';
import { wholeSeconds } from '../../whole-seconds.js';
import type { Pool } from '../pool.js';
import { INSERT_TOLD_EVENTS } from '../audit/append.js';
import { auditEventRecord } from '../rows/audit-event.js';
import { DEVICE_CODE, type DeviceCodeRow, toDeviceCode } from '../rows/device-code.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toOptionalGrant } from '../rows/grant.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { json, sql } from '../sql.js';
import { ADMITTED } from './admission.js';

export function deviceCodes(pool: Pool): DeviceCodeStore {
  return {
    add: (code) => add(pool, code),
    findByUserCode: (userCode) => findByUserCode(pool, userCode),
    poll: (hash, now) => poll(pool, hash, now),
    approve: (userCode, grant, event) => approve(pool, { userCode, grant, event }),
    deny: (userCode, event) => deny(pool, userCode, event),
    redeem: (redemption) => redeem(pool, redemption),
  };
}

async function add(pool: Pool, code: DeviceCode): Promise<boolean> {
  const added = await pool.count(sql`
    insert into device_codes
      (device_code_hash, user_code, client_id, scopes, resources, created_at, expires_at, interval_seconds, status, ip,
       user_agent)
    values (${code.hash}, ${code.userCode}, ${code.clientId}, ${code.scopes}, ${code.resources}, ${code.createdAt},
            ${code.expiresAt}, ${code.intervalSeconds}, ${code.status}, ${code.ip}, ${code.userAgent})
        on conflict (user_code) do nothing`);
  return added === 1;
}

async function findByUserCode(pool: Pool, userCode: string): Promise<DeviceCode | undefined> {
  const [row] = await pool.query<DeviceCodeRow>(sql`
    select ${DEVICE_CODE} from device_codes d where d.user_code = ${userCode}`);
  return row === undefined ? undefined : toDeviceCode(row);
}

type FoundRow = DeviceCodeRow & Outer<GrantRow> & Outer<UserRow>;

/**
 * An early poll makes the interval five seconds longer. One from before the last is none: a clock was set back, and the device
 * cannot help it. @spec RFC 8628 §3.5
 */
async function poll(
  pool: Pool,
  hash: TokenHash,
  now: Date,
): Promise<{ readonly found: FoundDeviceCode; readonly tooEarly: boolean } | undefined> {
  const [row] = await pool.query<FoundRow & { too_early: boolean }>(sql`
    with d as (
      select *, status = 'pending' and last_polled_at is not null and ${now}::timestamptz >= last_polled_at
                and ${now}::timestamptz < last_polled_at + make_interval(secs => interval_seconds) as too_early
        from device_codes where device_code_hash = ${hash} for no key update
    ), marked as (
      update device_codes m
         set last_polled_at = ${now}, interval_seconds = m.interval_seconds + case when d.too_early then 5 else 0 end
        from d where m.device_code_hash = d.device_code_hash
    )
    select ${DEVICE_CODE}, d.too_early, ${GRANT}, ${USER}
      from d left join lateral (select * from grants where id = d.grant_id offset 0) g on true
           left join lateral (select * from users where id = g.user_id offset 0) u on true`);
  if (row === undefined) return undefined;
  // this poll waited for the approval: its grant is younger than the statement, and only the next one sees it
  const missesGrant = row.d_grant_id !== null && row.g_id === null;
  const found = missesGrant ? await findByHash(pool, hash) : row;
  return found === undefined ? undefined : { found: toFound(found), tooEarly: row.too_early };
}

async function findByHash(pool: Pool, hash: TokenHash): Promise<FoundRow | undefined> {
  const [row] = await pool.query<FoundRow>(sql`
    select ${DEVICE_CODE}, ${GRANT}, ${USER}
      from device_codes d left join lateral (select * from grants where id = d.grant_id offset 0) g on true
           left join lateral (select * from users where id = g.user_id offset 0) u on true
     where d.device_code_hash = ${hash}`);
  return row;
}

function toFound(row: FoundRow): FoundDeviceCode {
  return { device: toDeviceCode(row), grant: toOptionalGrant(row), user: toOptionalUser(row) };
}

async function approve(
  pool: Pool,
  { userCode, grant, event }: { readonly userCode: string; readonly grant: Grant; readonly event: AuditEntry },
): Promise<boolean> {
  const stored = await pool.count(sql`
    with asked as materialized (
      select * from json_to_recordset(${json([grantRecord(grant)])}) as r(${GRANT_RECORD})
    ), ${ADMITTED}, approved as (
      update device_codes set status = 'approved', grant_id = admitted.id from admitted
       where user_code = ${userCode} and status = 'pending' and expires_at > ${event.at}
      returning grant_id
    ), told as (
      select ${json(auditEventRecord(event))}::json as entry from approved
    ), recorded as (${INSERT_TOLD_EVENTS}
    )
    insert into grants (${GRANT_COLUMNS}) select ${GRANT_COLUMNS} from asked join approved on approved.grant_id = asked.id`);
  return stored === 1;
}

async function deny(pool: Pool, userCode: string, event: AuditEntry): Promise<boolean> {
  const recorded = await pool.count(sql`
    with denied as (
      update device_codes set status = 'denied'
       where user_code = ${userCode} and status = 'pending' and expires_at > ${event.at}
      returning user_code
    ), told as (
      select ${json(auditEventRecord(event))}::json as entry from denied
    )
    ${INSERT_TOLD_EVENTS}`);
  return recorded === 1;
}

/** Decided as the redemption of an authorization code is: see there for what each part waits for. */
async function redeem(
  pool: Pool,
  { hash, now, accessToken, refreshToken, event }: Parameters<DeviceCodeStore['redeem']>[0],
): Promise<boolean> {
  const won = await pool.query(sql`
    with alive as (
      select g.id from device_codes d join grants g on g.id = d.grant_id
       where d.device_code_hash = ${hash} and g.revoked_at is null
         for share of g
    ), won as (
      update device_codes d set status = 'redeemed'
        from alive
       where d.device_code_hash = ${hash} and d.grant_id = alive.id and d.status = 'approved' and d.expires_at > ${now}
      returning d.grant_id
    ), access as (
      insert into access_tokens (jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)
      select ${accessToken.jti}::text, ${wholeSeconds(accessToken.expiresAt)}::timestamptz, ${accessToken.hash}::text,
             won.grant_id, ${accessToken.clientId}::text, ${accessToken.userId}::uuid, ${accessToken.scopes}::text[],
             ${accessToken.issuedAt}::timestamptz
        from won
    ), refresh as (
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at, bound_to)
      select ${refreshToken?.hash}::text, won.grant_id, ${refreshToken?.generation}::integer,
             ${refreshToken?.createdAt}::timestamptz, ${refreshToken?.expiresAt}::timestamptz, ${refreshToken?.boundTo}::text
        from won where ${refreshToken !== undefined}::boolean
    ), told as (
      select ${json(auditEventRecord(event))}::json as entry from won
    ), recorded as (${INSERT_TOLD_EVENTS}
    )
    select from won`);
  return won.length === 1;
}
