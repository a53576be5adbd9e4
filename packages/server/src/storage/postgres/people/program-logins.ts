import type { ClientId, GrantId, UserId } from '@authly/oauth';
import type { ProgramLogin, ProgramLoginStore } from '../../../ports/store/people/program-logins.js';
import { isUuid } from '../../uuid.js';
import type { Queryable } from '../pool.js';
import { sql, text } from '../sql.js';

export function programLogins(db: Queryable): ProgramLoginStore {
  return {
    listOf: async (userId, page) => (isUuid(userId) ? await listOf(db, userId, page) : []),
    end: async ({ userId, grantId }, now) =>
      isUuid(userId) && (grantId === undefined || isUuid(grantId)) ? await end(db, { userId, grantId, now }) : 0,
  };
}

/** Of `grants g`: what is listed as a browser session, or as an application with access, is no login of a program. */
const IS_PROGRAM = text`
  not exists (select from consents c where c.user_id = g.user_id and c.client_id = g.client_id)
  and (g.offline or not exists (select from sessions s where s.id = g.session_id))`;

interface ProgramLoginRow {
  readonly id: GrantId;
  readonly client_id: ClientId;
  readonly scopes: string[];
  readonly created_at: Date;
  readonly last_used_at: Date;
}

async function listOf(
  db: Queryable,
  userId: UserId,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<readonly ProgramLogin[]> {
  const rows = await db.query<ProgramLoginRow>(sql`
    select g.id, g.client_id, g.scopes, g.created_at,
           coalesce((select max(r.created_at) from refresh_tokens r where r.grant_id = g.id), g.created_at) as last_used_at
      from grants g
     where g.user_id = ${userId} and g.revoked_at is null and g.expires_at > ${now} and ${IS_PROGRAM}
     order by g.created_at desc, g.id desc limit ${limit}`);
  return rows.map((row) => ({
    grantId: row.id,
    clientId: row.client_id,
    scopes: row.scopes,
    startedAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }));
}

/** Rows are locked in the order of their ids, so that two revocations that overlap wait for each other and never deadlock. */
async function end(
  db: Queryable,
  { userId, grantId, now }: { readonly userId: UserId; readonly grantId: GrantId | undefined; readonly now: Date },
): Promise<number> {
  const [row] = await db.query<{ live: number }>(sql`
    with targets as (
      select g.id from grants g
       where g.user_id = ${userId} and (${grantId}::uuid is null or g.id = ${grantId}) and g.revoked_at is null
         and ${IS_PROGRAM}
       order by g.id for no key update of g
    ), revoked as (
      update grants g set revoked_at = ${now}, revoked_reason = 'revoked_by_user'
        from targets where g.id = targets.id returning g.expires_at
    )
    select count(*) filter (where expires_at > ${now})::integer as live from revoked`);
  return row?.live ?? 0;
}
