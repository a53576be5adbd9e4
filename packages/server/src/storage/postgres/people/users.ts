import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/people/user.js';
import type { UserStore } from '../../../ports/store/people/users.js';
import { isUuid } from '../../uuid.js';
import type { Queryable } from '../pool.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { sql } from '../sql.js';
import { addUser } from './add-user.js';
import { changeUser } from './change-user.js';

export function users(db: Queryable): UserStore {
  return {
    find: async (id) => (isUuid(id) ? await find(db, id) : undefined),
    findForSignIn: (login) => findForSignIn(db, login),
    looksLikeAnother: (name, id) => looksLikeAnother(db, name, id),
    passwordHash: async (id) => (isUuid(id) ? await passwordHash(db, id) : undefined),
    add: (user) => addUser(db, user),
    change: async (id, change, options) => (isUuid(id) ? await changeUser(db, { id, change, ...options }) : 'unknown'),
    remove: async (id, options) => (isUuid(id) ? await remove(db, id, options?.ifVersion) : 'unknown'),
    recordSignIn: async (id, places, now) => {
      if (isUuid(id)) await recordSignIn(db, { id, places, now });
    },
    knownPlaces: async (id, places) => (isUuid(id) && places.length > 0 ? await knownPlaces(db, id, places) : []),
    setPassword: async (id, hash, options) => isUuid(id) && (await setPassword(db, { id, hash, ...options })),
    rehash: async (id, hash, ifHash) => {
      if (isUuid(id))
        await db.count(sql`update users set password_hash = ${hash} where id = ${id} and password_hash = ${ifHash}`);
    },
  };
}

async function find(db: Queryable, id: UserId): Promise<User | undefined> {
  const [row] = await db.query<UserRow>(sql`select ${USER} from users u where u.id = ${id}`);
  return row === undefined ? undefined : toUser(row);
}

/**
 * Nobody can take over the login of another account by choosing its e-mail address as a user name, or the other way round: what
 * looks like an address is one first.
 */
async function findForSignIn(
  db: Queryable,
  login: string,
): Promise<{ readonly user: User; readonly passwordHash: string } | undefined> {
  const [row] = await db.query<UserRow & { password_hash: string }>(sql`
    select ${USER}, u.password_hash from users u
     where lower(u.username) = lower(${login})
        or (lower(u.email) = lower(${login}) and (u.is_verified or not u.self_registered))
     order by (lower(u.email) = lower(${login})) = ${login.includes('@')}::boolean desc limit 1`);
  return row === undefined ? undefined : { user: toUser(row), passwordHash: row.password_hash };
}

async function looksLikeAnother(db: Queryable, name: string, id: UserId | undefined): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>(sql`
    select exists (
      select from users
       where authly_look(username) = authly_look(${name}) and (${id}::uuid is null or id <> ${id})
    ) as found`);
  return row?.found ?? false;
}

async function passwordHash(db: Queryable, id: UserId): Promise<string | undefined> {
  const [row] = await db.query<{ password_hash: string }>(sql`select password_hash from users where id = ${id}`);
  return row?.password_hash;
}

/** Few places are enough for a person, and a place that is used every day is written once a day. */
const MOST_PLACES = 50;

async function recordSignIn(
  db: Queryable,
  { id, places, now }: { readonly id: UserId; readonly places: readonly string[]; readonly now: Date },
): Promise<void> {
  // The clock of another server may be a little behind.
  await db.count(sql`
    with noted as (
      insert into sign_in_places as p (user_id, place, seen_at)
      select u.id, place, ${now}::timestamptz
        from users u cross join unnest(${places}::text[]) as used(place) where u.id = ${id} order by place
          on conflict (user_id, place) do update set seen_at = excluded.seen_at
       where p.seen_at < excluded.seen_at - interval '1 day'
      returning place
    ), forgotten as (
      delete from sign_in_places p
       using (select place from sign_in_places
               where user_id = ${id} and exists (select from noted)
               order by seen_at desc, place offset ${MOST_PLACES}) as old
       where p.user_id = ${id} and p.place = old.place and p.place <> all (${places}::text[])
    )
    update users set last_login = greatest(${now}::timestamptz, created_at) where id = ${id}`);
}

async function knownPlaces(db: Queryable, id: UserId, places: readonly string[]): Promise<readonly string[]> {
  const rows = await db.query<{ place: string }>(sql`
    select place from sign_in_places where user_id = ${id} and place = any(${places}::text[])`);
  return rows.map(({ place }) => place);
}

/** Every administrator is locked, in order: of two that remove each other, the second sees what the first has done. */
async function remove(db: Queryable, id: UserId, ifVersion: number | undefined): ReturnType<UserStore['remove']> {
  const [row] = await db.query<{ outcome: 'removed' | 'unknown' | 'stale' | 'last_admin' }>(sql`
    with admins as (
      select id from users where is_admin and is_active order by id for no key update
    ), removed as (
      delete from users u
       where u.id = ${id} and (${ifVersion}::bigint is null or u.version = ${ifVersion})
         and (not (u.is_admin and u.is_active) or exists (select from admins where admins.id <> ${id}))
      returning u.id
    )
    select case
             when exists (select from removed) then 'removed'
             when u.version <> ${ifVersion}::bigint then 'stale'
             when u.is_admin and u.is_active then 'last_admin'
             else 'unknown'
           end as outcome
      from (values (1)) as one(row) left join users u on u.id = ${id}`);
  return row?.outcome ?? 'unknown';
}

async function setPassword(
  db: Queryable,
  {
    id,
    hash,
    now,
    ifHash,
    requiresChange = false,
  }: {
    readonly id: UserId;
    readonly hash: string;
    readonly now: Date;
    readonly ifHash?: string;
    readonly requiresChange?: boolean;
  },
): Promise<boolean> {
  const changed = await db.count(sql`
    update users
       set password_hash = ${hash}, password_changed_at = ${now}, requires_password_change = ${requiresChange},
           login_epoch = login_epoch + 1, updated_at = ${now}, version = version + 1
     where id = ${id} and (${ifHash}::text is null or password_hash = ${ifHash})`);
  return changed === 1;
}
