import type { AccessToken } from '../../../model/tokens/access-token.js';
import type { AuditEntry } from '../../../model/audit-event.js';
import type { AccessTokenState, AccessTokenStore } from '../../../ports/store/tokens/access-tokens.js';
import { wholeSeconds } from '../../whole-seconds.js';
import type { Clock } from '../../../ports/clock.js';
import { eventRecords, INSERT_EVENTS } from '../audit/append.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool, Queryable } from '../pool.js';
import {
  ACCESS_TOKEN,
  ACCESS_TOKEN_COLUMNS,
  ACCESS_TOKEN_RECORD,
  accessTokenRecord,
  type AccessTokenRow,
  toAccessToken,
} from '../rows/access-token.js';
import { GRANT, type GrantRow, toOptionalGrant } from '../rows/grant.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { json, sql, times } from '../sql.js';
import { sweep } from './sweep.js';

export function accessTokens(pool: Pool, { clock }: { readonly clock: Clock }): AccessTokenStore & Flushable {
  const recorded = groupCommit<Recorded>({ write: (rows) => store(pool, rows) });
  const found = groupRead({ nameOf, read: (keys: readonly Key[]) => read(pool, keys) });
  return {
    record: (token, event, origin) => recorded.add({ token, event: { ...event, ...origin, at: clock.now() } }),
    find: (jti, expiresAt) => found.find({ jti, expiresAt: wholeSeconds(expiresAt) }),
    revoke: (...which) => revokeAccessToken(pool, ...which),
    sweep: (now) => sweep(pool, now),
    flush: () => recorded.flush(),
  };
}

interface Recorded {
  readonly token: AccessToken;
  readonly event: AuditEntry;
}

interface Key {
  readonly jti: string;
  readonly expiresAt: Date;
}

function nameOf({ jti, expiresAt }: Key): string {
  return `${expiresAt.getTime()} ${jti}`;
}

async function store(pool: Pool, rows: readonly Recorded[]): Promise<undefined[]> {
  await pool.count(sql`
    with given as (
      select ${json(rows.map(({ token }) => accessTokenRecord(token)))}::json as tokens,
             ${eventRecords(rows.map(({ event }) => event))}::json as events
    ), recorded as (${INSERT_EVENTS}
    )
    insert into access_tokens (${ACCESS_TOKEN_COLUMNS})
    select ${ACCESS_TOKEN_COLUMNS} from given, json_to_recordset(given.tokens) as r(${ACCESS_TOKEN_RECORD})`);
  return rows.map(() => undefined);
}

async function read(pool: Pool, keys: readonly Key[]): Promise<ReadonlyMap<string, AccessTokenState>> {
  const rows = await pool.query<AccessTokenRow & Outer<GrantRow> & Outer<UserRow>>(sql`
    select ${ACCESS_TOKEN}, ${GRANT}, ${USER}
      from unnest((select ${keys.map((key) => key.jti)}::text[]), (select ${times(keys.map((key) => key.expiresAt))}::timestamptz[]))
             as k(jti, expires_at)
           cross join lateral (
             select * from access_tokens where jti = k.jti and expires_at = k.expires_at offset 0
           ) t
           left join lateral (select * from grants where id = t.grant_id offset 0) g on true
           left join lateral (select * from users where id = t.user_id offset 0) u on true`);
  return new Map(
    rows.map((row) => {
      const token = toAccessToken(row);
      return [nameOf(token), { token, grant: toOptionalGrant(row), user: toOptionalUser(row) }];
    }),
  );
}

export async function revokeAccessToken(db: Queryable, jti: string, expiresAt: Date, now: Date): Promise<boolean> {
  const revoked = await db.count(sql`
    update access_tokens set revoked_at = ${now}
     where jti = ${jti} and expires_at = ${wholeSeconds(expiresAt)} and revoked_at is null`);
  return revoked === 1;
}
