import type { UserId } from '@authly/oauth';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { AdminRefusal } from '../refusal.js';

/** An account by its id, active or not. */
export async function findUser(id: string, context: Pick<Context, 'store'>): Promise<User> {
  const user = await context.store.users.find(id as UserId);
  if (!user) throw userNotFound();
  return user;
}

export function userNotFound(): AdminRefusal {
  return new AdminRefusal('USER_NOT_FOUND', 'User not found');
}
