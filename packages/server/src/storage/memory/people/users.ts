import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/user.js';
import type { NewUser, UserChange, UserStore } from '../../../ports/store/users.js';
import { given, type Account, type Tables } from '../tables.js';

export function users(tables: Tables): UserStore {
  const { accounts } = tables;
  return {
    find: async (id) => accounts.get(id)?.user,
    findForSignIn: async (login) => findForSignIn(tables, login),
    passwordHash: async (id) => accounts.get(id)?.passwordHash,
    add: async (user) => {
      const taken = takenField(tables, user);
      if (taken !== undefined) return { taken };
      accounts.set(user.id, toAccount(user));
      return 'added';
    },
    change: async (id, change, options) => changeUser(tables, { id, change, ...options }),
    remove: async (id, options) => removeUser(tables, id, options?.ifVersion),
    signedIn: async (id, now) => {
      const account = accounts.get(id);
      if (account === undefined) return;
      const lastLogin = now < account.user.createdAt ? account.user.createdAt : now;
      accounts.set(id, { ...account, user: { ...account.user, lastLogin } });
    },
    setPassword: async (id, hash, { now, ifHash, requiresChange = false }) => {
      const account = accounts.get(id);
      if (account === undefined || (ifHash !== undefined && account.passwordHash !== ifHash)) return false;
      const user = { ...account.user, requiresPasswordChange: requiresChange, passwordChangedAt: now, updatedAt: now };
      accounts.set(id, { user: { ...user, version: user.version + 1 }, passwordHash: hash });
      return true;
    },
  };
}

function findForSignIn(tables: Tables, login: string): Account | undefined {
  const wanted = login.toLowerCase();
  const all = [...tables.accounts.values()];
  const byEmail = all.find(({ user }) => user.email.toLowerCase() === wanted);
  const byName = all.find(({ user }) => user.username.toLowerCase() === wanted);
  return login.includes('@') ? (byEmail ?? byName) : (byName ?? byEmail);
}

function takenField(
  tables: Tables,
  wanted: { readonly id: UserId; readonly username?: string; readonly email?: string },
): 'username' | 'email' | undefined {
  const others = [...tables.accounts.values()].filter(({ user }) => user.id !== wanted.id);
  const isTaken = (field: 'username' | 'email'): boolean =>
    others.some(({ user }) => user[field].toLowerCase() === wanted[field]?.toLowerCase());
  if (isTaken('username')) return 'username';
  return isTaken('email') ? 'email' : undefined;
}

function toAccount({ passwordHash, profile, createdAt, ...rest }: NewUser): Account {
  const times = { passwordChangedAt: createdAt, createdAt, updatedAt: createdAt };
  return {
    passwordHash,
    user: { ...rest, ...times, profile: { phoneNumberVerified: false, ...given(profile) }, version: 1 },
  };
}

interface Change {
  readonly id: UserId;
  readonly change: UserChange;
  readonly now: Date;
  readonly ifVersion?: number;
  readonly clear?: readonly string[];
}

function changeUser(
  tables: Tables,
  { id, change, now, ifVersion, clear = [] }: Change,
): Awaited<ReturnType<UserStore['change']>> {
  const account = tables.accounts.get(id);
  if (account === undefined) return 'unknown';
  if (ifVersion !== undefined && account.user.version !== ifVersion) return 'stale';
  const { profile = {}, passwordHash = account.passwordHash, ...fields } = change;
  const kept = Object.fromEntries(
    Object.entries({ ...account.user.profile, ...given(profile) }).filter(([name]) => !clear.includes(name)),
  );
  const user: User = {
    ...account.user,
    ...given(fields),
    profile: { ...kept, phoneNumberVerified: profile.phoneNumberVerified ?? account.user.profile.phoneNumberVerified },
    passwordChangedAt: change.passwordHash === undefined ? account.user.passwordChangedAt : now,
    updatedAt: now,
    version: account.user.version + 1,
  };
  const demoted = isAdmin(account.user) && !isAdmin(user);
  if (demoted && !hasOtherAdmin(tables, id)) return 'last_admin';
  const taken = takenField(tables, user);
  if (taken !== undefined) return { taken };
  tables.accounts.set(id, { user, passwordHash });
  return user;
}

/** What belongs to the person goes with them. */
function removeUser(
  tables: Tables,
  id: UserId,
  ifVersion: number | undefined,
): Awaited<ReturnType<UserStore['remove']>> {
  const account = tables.accounts.get(id);
  if (account === undefined) return 'unknown';
  if (ifVersion !== undefined && account.user.version !== ifVersion) return 'stale';
  if (isAdmin(account.user) && !hasOtherAdmin(tables, id)) return 'last_admin';
  tables.accounts.delete(id);
  const { sessions, consents, grants, apiKeys, authenticators, authenticatorSetups, recoveryCodes, pendingSignIns } =
    tables;
  const owned = [
    sessions,
    consents,
    grants,
    apiKeys,
    authenticators,
    authenticatorSetups,
    recoveryCodes,
    pendingSignIns,
  ];
  for (const table of owned as Map<string, Owned>[]) {
    for (const [key, value] of table) if (value.userId === id) table.delete(key);
  }
  return 'removed';
}

interface Owned {
  readonly userId?: UserId;
}

function isAdmin(user: User): boolean {
  return user.isAdmin && user.isActive;
}

function hasOtherAdmin(tables: Tables, id: UserId): boolean {
  return [...tables.accounts.values()].some(({ user }) => user.id !== id && isAdmin(user));
}
