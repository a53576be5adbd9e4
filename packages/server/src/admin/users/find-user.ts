import type { UserId } from '@authly/oauth';
import type { User } from '../../model/people/user.js';
import type { UserStore } from '../../ports/store/people/users.js';
import { AdminRefusal } from '../refusal.js';

/** An account by its id, active or not. */
export async function findUser(
  id: string,
  { store }: { readonly store: { readonly users: Pick<UserStore, 'find'> } },
): Promise<User> {
  const user = await store.users.find(id as UserId);
  if (!user) throw userNotFound();
  return user;
}

export function userNotFound(): AdminRefusal {
  return new AdminRefusal('USER_NOT_FOUND', 'User not found');
}
