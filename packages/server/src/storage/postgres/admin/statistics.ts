import type { StatisticsStore, UserCounts } from '../../../ports/store/admin/statistics.js';
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';

export function statistics(pool: Pool): StatisticsStore {
  return {
    users: () => users(pool),
    usersSince: async (time) => {
      const [row] = await pool.query<{ users: number }>(sql`
        select count(*)::integer as users from users where created_at >= ${time}`);
      return row?.users ?? 0;
    },
    registrations: async () => {
      const [row] = await pool.query<Awaited<ReturnType<StatisticsStore['registrations']>>>(sql`
        select c.clients, c.active_clients as "activeClients", s.scopes, s.active_scopes as "activeScopes",
               s.default_scopes as "defaultScopes"
          from (select count(*)::integer as clients, (count(*) filter (where is_active))::integer as active_clients
                  from oauth_clients) c,
               (select count(*)::integer as scopes, (count(*) filter (where is_active))::integer as active_scopes,
                       (count(*) filter (where is_active and is_default))::integer as default_scopes
                  from oauth_scopes) s`);
      return row ?? { clients: 0, activeClients: 0, scopes: 0, activeScopes: 0, defaultScopes: 0 };
    },
    activeAccessTokens: (now) => activeAccessTokens(pool, now),
  };
}

/** From the index of the flags alone. */
async function users(pool: Pool): Promise<UserCounts> {
  const [row] = await pool.query<UserCounts>(sql`
    select coalesce(sum(users), 0)::integer as total, coalesce(sum(users) filter (where flags & 1 = 1), 0)::integer as active,
           coalesce(sum(users) filter (where flags & 4 = 4), 0)::integer as admins,
           coalesce(sum(users) filter (where flags & 2 = 0), 0)::integer as unverified,
           coalesce(sum(users) filter (where flags & 8 = 8), 0)::integer as "requiresPasswordChange"
      from (select flags, count(*) as users from users group by flags) counted`);
  return row ?? { total: 0, active: 0, admins: 0, unverified: 0, requiresPasswordChange: 0 };
}

const MOST_COUNTED_TOKENS = 100_000;

/** Counted one by one up to a limit; beyond it, what the last analysis of the partitions says. */
async function activeAccessTokens(pool: Pool, now: Date): Promise<number> {
  const [row] = await pool.query<{ counted: number; estimated: string }>(sql`
    select (select count(*)::integer from (
              select from access_tokens where expires_at > ${now} and revoked_at is null limit ${MOST_COUNTED_TOKENS + 1}
            ) few) as counted,
           (select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = 'access_tokens'::regclass) as estimated`);
  const counted = row?.counted ?? 0;
  return counted <= MOST_COUNTED_TOKENS ? counted : Math.max(counted, Number(row?.estimated ?? 0));
}
