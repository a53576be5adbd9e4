import type { AccessToken } from '../../../model/access-token.js';
import type { AccessTokenState, AccessTokenStore } from '../../../ports/store/access-tokens.js';
import { wholeSeconds } from '../../whole-seconds.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Pool, Queryable } from '../pool.js';
import { ACCESS_TOKEN, ACCESS_TOKEN_COLUMNS, type AccessTokenRow, toAccessToken } from '../rows/access-token.js';
import { GRANT, type GrantRow, toOptionalGrant } from '../rows/grant.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { sql, times } from '../sql.js';
import { sweep } from './sweep.js';

export function accessTokens(pool: Pool): AccessTokenStore & Flushable {
  const recorded = groupCommit<AccessToken>({ write: (tokens) => store(pool, tokens) });
  const found = groupRead({ nameOf, read: (keys: readonly Key[]) => read(pool, keys) });
  return {
    record: (token) => recorded.add(token),
    find: (jti, expiresAt) => found.find({ jti, expiresAt: wholeSeconds(expiresAt) }),
    revoke: (...which) => revokeAccessToken(pool, ...which),
    sweep: (now) => sweep(pool, now),
    flush: () => recorded.flush(),
  };
}

interface Key {
  readonly jti: string;
  readonly expiresAt: Date;
}

function nameOf({ jti, expiresAt }: Key): string {
  return `${expiresAt.getTime()} ${jti}`;
}

async function store(pool: Pool, tokens: readonly AccessToken[]): Promise<undefined[]> {
  await pool.count(sql`
    insert into access_tokens (${ACCESS_TOKEN_COLUMNS})
    select jti, expires_at, token_hash, grant_id, client_id, user_id, string_to_array(scopes, ' '), issued_at
      from unnest(${tokens.map((token) => token.jti)}::text[],
                  ${times(tokens.map((token) => wholeSeconds(token.expiresAt)))}::timestamptz[],
                  ${tokens.map((token) => token.hash)}::text[],
                  ${tokens.map((token) => token.grantId)}::uuid[],
                  ${tokens.map((token) => token.clientId)}::text[],
                  ${tokens.map((token) => token.userId)}::uuid[],
                  ${tokens.map((token) => token.scopes.join(' '))}::text[],
                  ${times(tokens.map((token) => token.issuedAt))}::timestamptz[])
        as r(jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at)`);
  return tokens.map(() => undefined);
}

async function read(pool: Pool, keys: readonly Key[]): Promise<ReadonlyMap<string, AccessTokenState>> {
  const rows = await pool.query<AccessTokenRow & Outer<GrantRow> & Outer<UserRow>>(sql`
    select ${ACCESS_TOKEN}, ${GRANT}, ${USER}
      from unnest(${keys.map((key) => key.jti)}::text[], ${times(keys.map((key) => key.expiresAt))}::timestamptz[])
             as k(jti, expires_at)
           join access_tokens t on t.jti = k.jti and t.expires_at = k.expires_at
           left join grants g on g.id = t.grant_id left join users u on u.id = t.user_id`);
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
