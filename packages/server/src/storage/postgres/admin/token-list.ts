import type { ClientId, GrantId, UserId } from '@authly/oauth';
import type { TokenEntry, TokenListStore, TokenSelection } from '../../../ports/store/admin/token-list.js';
import { isUuid } from '../../uuid.js';
import type { Queryable } from '../pool.js';
import { sql, text } from '../sql.js';

export function tokenList(db: Queryable): TokenListStore {
  return {
    page: (which, page) => list(db, which, page),
    countActive: (which, now) => countActive(db, which, now),
    find: (id) => find(db, id),
  };
}

/** A token ends by itself, or with its grant, whichever comes first. */
const ACCESS = text`
  select 'access' as kind, t.jti as id, t.user_id, t.grant_id, t.client_id::text as client_id, t.scopes, t.issued_at as created_at,
         t.expires_at, t.issued_at as last_activity_at, least(t.revoked_at, g.revoked_at) as ended_at, null as ip,
         null as user_agent
    from access_tokens t left join grants g on g.id = t.grant_id`;
const REFRESH = text`
  select 'refresh' as kind, g.id || '.' || r.generation as id, g.user_id, g.id as grant_id, g.client_id::text as client_id,
         g.scopes, r.created_at, least(r.expires_at, g.expires_at) as expires_at,
         coalesce(r.consumed_at, r.created_at) as last_activity_at, least(r.consumed_at, g.revoked_at) as ended_at,
         null as ip, null as user_agent
    from refresh_tokens r join grants g on g.id = r.grant_id`;
const SESSION = text`
  select 'session' as kind, s.id::text as id, s.user_id, null::uuid as grant_id, null::text as client_id,
         null::text[] as scopes, s.created_at, s.expires_at, s.last_seen_at as last_activity_at, s.ended_at, s.ip, s.user_agent
    from sessions s`;

interface EntryRow {
  readonly kind: TokenEntry['kind'];
  readonly id: string;
  readonly user_id: UserId;
  readonly grant_id: GrantId | null;
  readonly client_id: ClientId | null;
  readonly scopes: string[] | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_activity_at: Date;
  readonly ended_at: Date | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
}

function toEntry(row: EntryRow): TokenEntry {
  return {
    kind: row.kind,
    id: row.id,
    userId: row.user_id,
    grantId: row.grant_id ?? undefined,
    clientId: row.client_id ?? undefined,
    scopes: row.scopes ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastActivityAt: row.last_activity_at,
    endedAt: row.ended_at ?? undefined,
    ip: row.ip ?? undefined,
    userAgent: row.user_agent ?? undefined,
  };
}

async function list(
  db: Queryable,
  { userId, kinds, clientId }: TokenSelection,
  { skip, limit, includeInactive, now }: Parameters<TokenListStore['page']>[1],
): ReturnType<TokenListStore['page']> {
  const rows = await db.query<EntryRow & { total: number; active_access: number }>(sql`
    with everything as materialized (
      ${ACCESS} where t.user_id = ${userId} and 'access' = any(${kinds}::text[])
      union all ${REFRESH} where g.user_id = ${userId} and 'refresh' = any(${kinds}::text[])
      union all ${SESSION} where s.user_id = ${userId} and 'session' = any(${kinds}::text[])
    ), matching as materialized (
      select e.*, e.ended_at is null and e.expires_at > ${now} as is_active from everything e
       where (${clientId}::text is null or e.client_id = ${clientId})
         and (${includeInactive}::boolean or (e.ended_at is null and e.expires_at > ${now}))
    ), listed as (
      select * from matching order by created_at desc, kind, id desc offset ${skip} limit ${limit}
    )
    select counted.total, counted.active_access, listed.*
      from (select count(*)::integer as total,
                   (count(*) filter (where kind = 'access' and is_active))::integer as active_access
              from matching) counted
           left join listed on true
     order by listed.created_at desc, listed.kind, listed.id desc`);
  return {
    entries: rows.filter((row) => (row.id as string | null) !== null).map(toEntry),
    total: rows[0]?.total ?? 0,
    activeAccess: rows[0]?.active_access ?? 0,
  };
}

async function countActive(db: Queryable, { userId, kinds, clientId }: TokenSelection, now: Date): Promise<number> {
  const [row] = await db.query<{ active: number }>(sql`
    select ((select count(*) from access_tokens t left join grants g on g.id = t.grant_id
              where 'access' = any(${kinds}::text[]) and t.user_id = ${userId} and t.revoked_at is null
                and t.expires_at > ${now} and g.revoked_at is null
                and (${clientId}::text is null or t.client_id = ${clientId}))
            + (select count(*) from refresh_tokens r join grants g on g.id = r.grant_id
                where 'refresh' = any(${kinds}::text[]) and g.user_id = ${userId} and g.revoked_at is null
                  and g.expires_at > ${now} and r.consumed_at is null and r.expires_at > ${now}
                  and (${clientId}::text is null or g.client_id = ${clientId}))
            + (select count(*) from sessions s
                where 'session' = any(${kinds}::text[]) and s.user_id = ${userId} and s.ended_at is null
                  and s.expires_at > ${now} and ${clientId}::text is null))::integer as active`);
  return row?.active ?? 0;
}

/** The form of an id says where to look. */
async function find(db: Queryable, id: string): Promise<TokenEntry | undefined> {
  const refresh = /^([0-9a-f-]{36})\.(\d{1,9})$/i.exec(id);
  const [grantId, generation] = [refresh?.[1] ?? '', Number(refresh?.[2] ?? 0)];
  if (refresh && isUuid(grantId)) {
    const [row] = await db.query<EntryRow>(
      sql`${REFRESH} where g.id = ${grantId} and r.generation = ${generation} and g.user_id is not null`,
    );
    return row && toEntry(row);
  }
  const [row] = await db.query<EntryRow>(sql`${ACCESS} where t.jti = ${id} and t.user_id is not null limit 1`);
  if (row !== undefined) return toEntry(row);
  if (!isUuid(id)) return undefined;
  const [session] = await db.query<EntryRow>(sql`${SESSION} where s.id = ${id}`);
  return session && toEntry(session);
}
