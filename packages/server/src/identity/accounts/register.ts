import type { UserId } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { findPasswordProblem, type WeakPassword } from '../factors/password/strength.js';

export interface Registration {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly origin: RequestOrigin;
}

export type Registered =
  | { readonly kind: 'registered'; readonly user: User }
  | { readonly kind: 'weak'; readonly code: WeakPassword }
  /** Somebody has this name, or one that looks like it. */
  | { readonly kind: 'taken' };

/** Names that would pass for those of the people who run this service. */
const RESERVED_NAMES = [
  'abuse',
  'admin',
  'administrator',
  'authly',
  'help',
  'helpdesk',
  'hostmaster',
  'moderator',
  'noreply',
  'operator',
  'postmaster',
  'root',
  'security',
  'staff',
  'support',
  'system',
  'sysadmin',
  'webmaster',
];

/**
 * A stranger makes an account. Their e-mail address is not proved: it signs nobody in, and stays free for its owner. So nothing is said
 * about addresses that others have.
 */
export async function register(
  { username, email, password, origin }: Registration,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'settings' | 'commonPasswords'>,
): Promise<Registered> {
  const code = await findPasswordProblem(password, { username, email }, context);
  if (code !== undefined) return { kind: 'weak', code };
  const id = context.random.uuid() as UserId;
  const user = {
    id,
    username,
    email,
    passwordHash: await context.passwords.hash(password),
    isActive: true,
    isVerified: false,
    isAdmin: false,
    requiresPasswordChange: false,
    profile: {},
    createdAt: context.clock.now(),
    selfRegistered: { reservedNames: RESERVED_NAMES },
  };
  return await context.store.transaction(async (tx) => {
    if ((await tx.users.add(user)) !== 'added') return { kind: 'taken' };
    tx.record(
      {
        action: 'user.created',
        outcome: 'success',
        actor: { type: 'user', id, name: username },
        target: { type: 'user', id },
        details: { username, is_admin: false, is_active: true, is_verified: false, temporary_password: false },
      },
      origin,
    );
    const added = await tx.users.find(id);
    if (added === undefined) throw new Error('an account that was just made is not there');
    return { kind: 'registered', user: added };
  });
}
