import type { TokenHash } from '@authly/oauth';
import type { DeviceCode } from '../../../model/device-code.js';
import type { Grant } from '../../../model/grant.js';
import type { DeviceCodeStore, FoundDeviceCode } from '../../../ports/store/device-codes.js';
import { wholeSeconds } from '../../whole-seconds.js';
import type { Pool } from '../pool.js';
import { DEVICE_CODE, type DeviceCodeRow, toDeviceCode } from '../rows/device-code.js';
import { GRANT, GRANT_COLUMNS, GRANT_RECORD, type GrantRow, grantRecord, toOptionalGrant } from '../rows/grant.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { json, sql } from '../sql.js';

export function deviceCodes(pool: Pool): DeviceCodeStore {
  return {
    add: (code) => add(pool, code),
    findByUserCode: (userCode) => findByUserCode(pool, userCode),
    poll: (hash, now) => poll(pool, hash, now),
    approve: (userCode, grant, now) => approve(pool, { userCode, grant, now }),
    deny: async (userCode, now) => {
      const denied = await pool.count(sql`
        update device_codes set status = 'denied'
         where user_code = ${userCode} and status = 'pending' and expires_at > ${now}`);
      return denied === 1;
    },
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

/** @spec RFC 8628 §3.5: an early poll makes the interval five seconds longer. */
async function poll(
  pool: Pool,
  hash: TokenHash,
  now: Date,
): Promise<{ readonly found: FoundDeviceCode; readonly tooEarly: boolean } | undefined> {
  const [row] = await pool.query<FoundRow & { too_early: boolean }>(sql`
    with d as (
      select *, status = 'pending' and last_polled_at is not null
                and ${now}::timestamptz < last_polled_at + make_interval(secs => interval_seconds) as too_early
        from device_codes where device_code_hash = ${hash} for no key update
    ), marked as (
      update device_codes m
         set last_polled_at = ${now}, interval_seconds = m.interval_seconds + case when d.too_early then 5 else 0 end
        from d where m.device_code_hash = d.device_code_hash
    )
    select ${DEVICE_CODE}, d.too_early, ${GRANT}, ${USER}
      from d left join grants g on g.id = d.grant_id left join users u on u.id = g.user_id`);
  if (row === undefined) return undefined;
  // this poll waited for the approval: its grant is younger than the statement, and only the next one sees it
  const missesGrant = row.d_grant_id !== null && row.g_id === null;
  const found = missesGrant ? await findByHash(pool, hash) : row;
  return found === undefined ? undefined : { found: toFound(found), tooEarly: row.too_early };
}

async function findByHash(pool: Pool, hash: TokenHash): Promise<FoundRow | undefined> {
  const [row] = await pool.query<FoundRow>(sql`
    select ${DEVICE_CODE}, ${GRANT}, ${USER}
      from device_codes d left join grants g on g.id = d.grant_id left join users u on u.id = g.user_id
     where d.device_code_hash = ${hash}`);
  return row;
}

function toFound(row: FoundRow): FoundDeviceCode {
  return { device: toDeviceCode(row), grant: toOptionalGrant(row), user: toOptionalUser(row) };
}

async function approve(
  pool: Pool,
  { userCode, grant, now }: { readonly userCode: string; readonly grant: Grant; readonly now: Date },
): Promise<boolean> {
  const stored = await pool.count(sql`
    with approved as (
      update device_codes set status = 'approved', grant_id = ${grant.id}
       where user_code = ${userCode} and status = 'pending' and expires_at > ${now}
      returning device_code_hash
    )
    insert into grants (${GRANT_COLUMNS})
    select ${GRANT_COLUMNS} from approved, json_to_recordset(${json([grantRecord(grant)])}) as r(${GRANT_RECORD})`);
  return stored === 1;
}

/** Decided as the redemption of an authorization code is: see there for what each part waits for. */
async function redeem(
  pool: Pool,
  { hash, now, accessToken, refreshToken }: Parameters<DeviceCodeStore['redeem']>[0],
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
      insert into refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
      select ${refreshToken?.hash}::text, won.grant_id, ${refreshToken?.generation}::integer,
             ${refreshToken?.createdAt}::timestamptz, ${refreshToken?.expiresAt}::timestamptz
        from won where ${refreshToken !== undefined}::boolean
    )
    select from won`);
  return won.length === 1;
}
