import type { TokenHash, UserId } from '@authly/oauth';
import type { ApiKey } from '../../../model/people/api-key.js';
import type { ApiKeyStore, KeyMadeThrough } from '../../../ports/store/people/api-keys.js';
import { isUuid } from '../../uuid.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import type { Queryable } from '../pool.js';
import { API_KEY, type ApiKeyRow, toApiKey } from '../rows/api-key.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { sql, times } from '../sql.js';

export function apiKeys(db: Queryable): ApiKeyStore & Flushable {
  const marks = groupCommit<Mark>({ write: (rows) => mark(db, rows) });
  return {
    add: (key, through) => add(db, key, through),
    findByHash: (hash) => findByHash(db, hash),
    find: (id) => find(db, id),
    list: (page) => list(db, page),
    recordUse: (id, at, ip) => marks.add({ id, at, ip }),
    revoke: async (id, now) => {
      const revoked = await db.count(
        sql`update api_keys set revoked_at = ${now} where id = ${id} and revoked_at is null`,
      );
      return revoked === 1;
    },
    revokeAll: async (userId, now) => (isUuid(userId) ? await revokeAll(db, userId, now) : 0),
    rotate: (oldId, successor, overlapUntil, through) => rotate(db, { oldId, successor, overlapUntil, through }),
    flush: () => marks.flush(),
  };
}

interface Mark {
  readonly id: string;
  readonly at: Date;
  readonly ip: string | undefined;
}

type Page = Parameters<ApiKeyStore['list']>[0];
type Found = NonNullable<Awaited<ReturnType<ApiKeyStore['findByHash']>>>;

/**
 * Waits for whoever switches the owner off, or ends what the key is made through, and then makes none. Users, sessions, grants, keys: in
 * this order everywhere, so that no two deadlock.
 */
async function add(db: Queryable, key: ApiKey, through?: KeyMadeThrough): Promise<boolean> {
  const { session, grant } = idsOf(through);
  const added = await db.count(sql`
    with owner as (
      select id from users where id = ${key.userId}::uuid and is_active for share
    ), browser as (
      select id from sessions where id = ${session}::uuid and ended_at is null for share
    ), program as (
      select id from grants where id = ${grant}::uuid and revoked_at is null for share
    )
    insert into api_keys
      (id, key_hash, hint, name, user_id, client_id, scopes, created_at, created_by, expires_at, rotated_from)
    select ${key.id}::text, ${key.hash}::text, ${key.hint}::text, ${key.name}::text, ${key.userId}::uuid,
           ${key.clientId}::text, ${key.scopes}::text[], ${key.createdAt}::timestamptz, ${key.createdBy}::text,
           ${key.expiresAt}::timestamptz, ${key.rotatedFrom}::text
     where (${key.userId}::uuid is null or exists (select from owner))
       and (${session}::uuid is null or exists (select from browser))
       and (${grant}::uuid is null or exists (select from program))`);
  return added === 1;
}

function idsOf(through: KeyMadeThrough | undefined): { readonly session?: string; readonly grant?: string } {
  return through ?? {};
}

/** The person first, so that a key which is being made at this moment is there before the keys are looked for. */
async function revokeAll(db: Queryable, userId: UserId, now: Date): Promise<number> {
  await db.count(sql`select id from users where id = ${userId} for no key update`);
  const [row] = await db.query<{ live: number }>(sql`
    with targets as (
      select id from api_keys where user_id = ${userId} and revoked_at is null order by id for no key update
    ), ended as (
      update api_keys k set revoked_at = ${now} from targets where k.id = targets.id returning k.expires_at
    )
    select count(*) filter (where expires_at is null or expires_at > ${now})::integer as live from ended`);
  return row?.live ?? 0;
}

interface OwnerRow {
  readonly owner_client_id: NonNullable<Found['client']>['clientId'] | null;
  readonly owner_is_active: boolean;
  readonly owner_name: string;
}

async function findByHash(db: Queryable, hash: TokenHash): Promise<Found | undefined> {
  const [row] = await db.query<ApiKeyRow & Outer<UserRow> & OwnerRow>(sql`
    select ${API_KEY}, ${USER}, o.client_id as owner_client_id, o.is_active as owner_is_active, o.client_name as owner_name
      from api_keys k left join users u on u.id = k.user_id left join oauth_clients o on o.client_id = k.client_id
     where k.key_hash = ${hash}`);
  if (row === undefined) return undefined;
  const client =
    row.owner_client_id === null
      ? undefined
      : { clientId: row.owner_client_id, isActive: row.owner_is_active, name: row.owner_name };
  return { key: toApiKey(row), user: toOptionalUser(row), client };
}

async function find(db: Queryable, id: string): Promise<ApiKey | undefined> {
  const [row] = await db.query<ApiKeyRow>(sql`select ${API_KEY} from api_keys k where k.id = ${id}`);
  return row === undefined ? undefined : toApiKey(row);
}

async function list(db: Queryable, page: Page): Promise<{ readonly keys: readonly ApiKey[]; readonly total: number }> {
  const { owner } = page;
  const userId = owner !== undefined && 'userId' in owner ? owner.userId : undefined;
  const clientId = owner !== undefined && 'clientId' in owner ? owner.clientId : undefined;
  if (userId !== undefined && !isUuid(userId)) return { keys: [], total: 0 };
  const rows = await db.query<Outer<ApiKeyRow> & { total: number }>(sql`
    with matching as (
      select * from api_keys
       where (${userId}::uuid is null or user_id = ${userId}) and (${clientId}::text is null or client_id = ${clientId})
         and (${page.includeInactive}::boolean
              or (revoked_at is null and (expires_at is null or expires_at > ${page.now})))
    ), listed as (
      select ${API_KEY} from matching k order by k.created_at desc, k.id desc limit ${page.limit} offset ${page.offset}
    )
    select counted.total, listed.*
      from (select count(*)::integer as total from matching) counted left join listed on true
     order by listed.k_created_at desc, listed.k_id desc`);
  const keys = rows.filter((row): row is ApiKeyRow & { total: number } => row.k_id !== null);
  return { keys: keys.map(toApiKey), total: rows[0]?.total ?? 0 };
}

/** A key that was used often in a batch is written once; locked in order, so that two nodes never deadlock. */
async function mark(db: Queryable, marks: readonly Mark[]): Promise<undefined[]> {
  const latest = new Map<string, Mark>();
  for (const one of marks) if ((latest.get(one.id)?.at ?? one.at) <= one.at) latest.set(one.id, one);
  const rows = [...latest.values()];
  await db.count(sql`
    with used as (
      select * from unnest((select ${rows.map((row) => row.id)}::text[]), (select ${times(rows.map((row) => row.at))}::timestamptz[]),
                           (select ${rows.map((row) => row.ip)}::text[])) as r(id, at, ip)
    ), targets as (
      select k.id, used.at, used.ip from api_keys k join used on used.id = k.id
       where k.last_used_at is null or k.last_used_at < used.at order by k.id for no key update of k
    )
    update api_keys k set last_used_at = targets.at, last_used_ip = targets.ip from targets where k.id = targets.id`);
  return marks.map(() => undefined);
}

async function rotate(
  db: Queryable,
  {
    oldId,
    successor,
    overlapUntil,
    through,
  }: {
    readonly oldId: string;
    readonly successor: ApiKey;
    readonly overlapUntil: Date;
    readonly through?: KeyMadeThrough;
  },
): Promise<boolean> {
  const { session, grant } = idsOf(through);
  const added = await db.count(sql`
    with owner as (
      select id from users where id = ${successor.userId}::uuid and is_active for share
    ), browser as (
      select id from sessions where id = ${session}::uuid and ended_at is null for share
    ), program as (
      select id from grants where id = ${grant}::uuid and revoked_at is null for share
    ), old as (
      update api_keys set expires_at = least(expires_at, ${overlapUntil}::timestamptz)
       where id = ${oldId} and revoked_at is null and (expires_at is null or expires_at > ${successor.createdAt})
         and (${successor.userId}::uuid is null or exists (select from owner))
         and (${session}::uuid is null or exists (select from browser))
         and (${grant}::uuid is null or exists (select from program))
      returning id
    )
    insert into api_keys
      (id, key_hash, hint, name, user_id, client_id, scopes, created_at, created_by, expires_at, rotated_from)
    select ${successor.id}::text, ${successor.hash}::text, ${successor.hint}::text, ${successor.name}::text,
           ${successor.userId}::uuid, ${successor.clientId}::text, ${successor.scopes}::text[],
           ${successor.createdAt}::timestamptz, ${successor.createdBy}::text, ${successor.expiresAt}::timestamptz, old.id
      from old`);
  return added === 1;
}
