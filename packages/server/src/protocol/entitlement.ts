import type { User } from '../model/people/user.js';

/**
 * Whether a person may hold a scope at all, whatever client asks: administration and direct database access are for
 * administrators.
 */
export function isEntitled(scope: string, user: Pick<User, 'isAdmin'>): boolean {
  if (scope === 'admin' || /^(admin|database|cache):/.test(scope)) return user.isAdmin;
  return true;
}
