import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/user.js';
import type { UserStore } from '../../../ports/store/users.js';
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
    passwordHash: async (id) => (isUuid(id) ? await passwordHash(db, id) : undefined),
    add: (user) => addUser(db, user),
    change: async (id, change, options) => (isUuid(id) ? await changeUser(db, { id, change, ...options }) : 'unknown'),
    remove: async (id, options) => (isUuid(id) ? await remove(db, id, options?.ifVersion) : 'unknown'),
    signedIn: async (id, now) => {
      // The clock of another server may be a little behind.
      if (isUuid(id))
        await db.count(sql`update users set last_login = greatest(${now}::timestamptz, created_at) where id = ${id}`);
    },
    setPassword: async (id, hash, options) => isUuid(id) && (await setPassword(db, { id, hash, ...options })),
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
     where lower(u.username) = lower(${login}) or lower(u.email) = lower(${login})
     order by (lower(u.email) = lower(${login})) = ${login.includes('@')}::boolean desc limit 1`);
  return row === undefined ? undefined : { user: toUser(row), passwordHash: row.password_hash };
}

async function passwordHash(db: Queryable, id: UserId): Promise<string | undefined> {
  const [row] = await db.query<{ password_hash: string }>(sql`select password_hash from users where id = ${id}`);
  return row?.password_hash;
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
           updated_at = ${now}, version = version + 1
     where id = ${id} and (${ifHash}::text is null or password_hash = ${ifHash})`);
  return changed === 1;
}
