import type { ClientId, SessionId, TokenHash, UserId } from '@authly/oauth';
import type { RevocationReason } from '../../../model/tokens/grant.js';
import type { Session } from '../../../model/people/session.js';
import type { SessionStore } from '../../../ports/store/people/sessions.js';
import { isUuid } from '../../uuid.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import { groupRead } from '../group-read.js';
import type { Queryable } from '../pool.js';
import { SESSION, type SessionRow, toSession } from '../rows/session.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { sql, times } from '../sql.js';

export function sessions(db: Queryable): SessionStore & Flushable {
  const found = groupRead({ nameOf: String, read: (hashes: readonly TokenHash[]) => read(db, hashes) });
  const marks = groupCommit<Mark>({ write: (rows) => mark(db, rows) });
  return {
    add: (session) => add(db, session),
    findBySecret: (hash) => found.find(hash),
    find: async (id) => (isUuid(id) ? await find(db, id) : undefined),
    listOf: async (userId, page) => (isUuid(userId) ? await listOf(db, userId, page) : []),
    renew: async (id, change) => {
      if (isUuid(id)) await renew(db, id, change);
    },
    recordUse: async (id, now) => (isUuid(id) ? await marks.add({ id, now }) : undefined),
    clientsOf: async (id) => (isUuid(id) ? await clientsOf(db, id) : []),
    end: (which, now, reason = 'logout') => end(db, which, { now, reason }),
    flush: () => marks.flush(),
  };
}

type Found = NonNullable<Awaited<ReturnType<SessionStore['findBySecret']>>>;

interface Mark {
  readonly id: SessionId;
  readonly now: Date;
}

async function add(db: Queryable, session: Session): Promise<boolean> {
  const added = await db.count(sql`
    with person as materialized (
      select id, login_epoch from users
       where id = ${session.userId} and is_active and login_epoch = ${session.loginEpoch} for share
    )
    insert into sessions
      (id, secret_hash, user_id, login_epoch, created_at, auth_time, last_seen_at, expires_at, ended_at, acr, amr, ip, user_agent)
    select ${session.id}::uuid, ${session.secretHash}::text, id, login_epoch, ${session.createdAt}::timestamptz,
           ${session.authTime}::timestamptz, ${session.lastSeenAt}::timestamptz, ${session.expiresAt}::timestamptz,
           ${session.endedAt}::timestamptz, ${session.acr}::text, ${session.amr}::text[], ${session.ip}::text,
           ${session.userAgent}::text
      from person`);
  return added === 1;
}

/** A session that has ended stays ended: signing in again starts a new one. */
async function renew(db: Queryable, id: SessionId, change: Parameters<SessionStore['renew']>[1]): Promise<void> {
  await db.count(sql`
    update sessions
       set secret_hash = ${change.secretHash}, auth_time = ${change.authTime}, last_seen_at = ${change.lastSeenAt},
           expires_at = ${change.expiresAt}, acr = ${change.acr}, amr = ${change.amr}
     where id = ${id} and ended_at is null`);
}

async function read(db: Queryable, hashes: readonly TokenHash[]): Promise<ReadonlyMap<string, Found>> {
  const rows = await db.query<SessionRow & UserRow>(sql`
    select ${SESSION}, ${USER} from sessions s
           cross join lateral (select * from users where id = s.user_id offset 0) u
     where s.secret_hash = any((select ${hashes}::text[])::text[])`);
  return new Map(rows.map((row) => [row.s_secret_hash, { session: toSession(row), user: toUser(row) }]));
}

async function find(db: Queryable, id: SessionId): Promise<Session | undefined> {
  const [row] = await db.query<SessionRow>(sql`select ${SESSION} from sessions s where s.id = ${id}`);
  return row === undefined ? undefined : toSession(row);
}

async function listOf(
  db: Queryable,
  userId: UserId,
  page: { readonly limit: number; readonly offset: number; readonly now: Date },
): Promise<readonly Session[]> {
  const rows = await db.query<SessionRow>(sql`
    select ${SESSION} from sessions s
     where s.user_id = ${userId} and s.ended_at is null and s.expires_at > ${page.now}
     order by s.created_at desc, s.id desc limit ${page.limit} offset ${page.offset}`);
  return rows.map(toSession);
}

/** One row is written once a batch, however often it was seen; locked in order, so that two nodes never deadlock. */
async function mark(db: Queryable, marks: readonly Mark[]): Promise<undefined[]> {
  const latest = new Map<string, Date>();
  for (const { id, now } of marks) if ((latest.get(id) ?? now) <= now) latest.set(id, now);
  await db.count(sql`
    with seen as (
      select * from unnest((select ${[...latest.keys()]}::uuid[]), (select ${times([...latest.values()])}::timestamptz[])) as r(id, at)
    ), targets as (
      select s.id, seen.at from sessions s join seen on seen.id = s.id
       where s.last_seen_at < seen.at order by s.id for no key update of s
    )
    update sessions s set last_seen_at = targets.at from targets where s.id = targets.id`);
  return marks.map(() => undefined);
}

async function clientsOf(db: Queryable, id: SessionId): Promise<readonly ClientId[]> {
  const rows = await db.query<{ client_id: ClientId }>(sql`
    select distinct client_id from grants where session_id = ${id} and 'openid' = any(scopes) order by client_id`);
  return rows.map((row) => row.client_id);
}

/** Clients that took part in a session are told of its end: their jobs are stored with it. */
async function end(
  db: Queryable,
  which: { readonly id: SessionId } | { readonly userId: UserId; readonly except?: SessionId },
  { now, reason }: { readonly now: Date; readonly reason: RevocationReason },
): Promise<number> {
  const id = 'id' in which ? which.id : undefined;
  const userId = 'userId' in which ? which.userId : undefined;
  const except = 'userId' in which ? which.except : undefined;
  if ([id, userId, except].some((value) => value !== undefined && !isUuid(value))) return 0;
  const [row] = await db.query<{ live: number }>(sql`
    with person as materialized (
      update users set login_epoch = login_epoch + 1 where id = ${userId} returning id
    ), targets as (
      select id from sessions
       where (id = ${id} or user_id = any(array(select id from person))) and (${except}::uuid is null or id <> ${except}) and ended_at is null
       order by id for no key update
    ), ended as (
      update sessions s set ended_at = ${now} from targets where s.id = targets.id returning s.id, s.expires_at
    ), bound as (
      select g.id from grants g join ended on g.session_id = ended.id
       where g.revoked_at is null and not g.offline order by g.id for no key update of g
    ), revoked as (
      update grants g set revoked_at = ${now}, revoked_reason = ${reason} from bound where g.id = bound.id
    ), told as (
      insert into jobs (kind, payload)
      select 'back-channel-logout', json_build_object('clientId', took.client_id, 'userId', took.user_id, 'sessionId', took.session_id)
        from (select distinct g.client_id, g.user_id, g.session_id
                from grants g join ended on g.session_id = ended.id
                     join oauth_clients o on o.client_id = g.client_id
               where 'openid' = any(g.scopes) and o.is_active and o.metadata ? 'backchannel_logout_uri') took
    )
    select count(*) filter (where expires_at > ${now})::integer as live from ended`);
  return row?.live ?? 0;
}
