import type { UserId } from '@authly/oauth';
import {
  findPasswordProblem,
  type PasswordOwner,
  weakPasswordSentence,
} from '../../identity/factors/password/strength.js';
import type { AuditEvent, RequestOrigin } from '../../model/audit-event.js';
import type { Profile, User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import type { NewUser } from '../../ports/store/people/users.js';
import { AdminRefusal, invalid } from '../refusal.js';
import { findUser } from './find-user.js';
import { checkPreferredName } from './preferred-name.js';
import { temporaryPassword } from './temporary-password.js';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  /** Without one a temporary password is made, which must be changed. */
  readonly password?: string;
  readonly isActive: boolean;
  readonly isVerified: boolean;
  readonly isAdmin: boolean;
  readonly requiresPasswordChange: boolean;
  readonly profile: Partial<Profile>;
}

/** The administrator who creates an account. */
export interface Creator {
  readonly actor: AuditEvent['actor'];
  readonly clientId?: string;
  readonly origin: RequestOrigin;
}

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'settings' | 'commonPasswords'>;

/** Creates an account. A temporary password is in the result and nowhere else. */
export async function createUser(
  account: NewAccount,
  creator: Creator,
  context: Needs,
): Promise<{ readonly user: User; readonly temporaryPassword?: string }> {
  const made = account.password === undefined ? temporaryPassword(context.random) : undefined;
  const password = account.password ?? made ?? '';
  await checkPassword(password, account, context);
  await checkPreferredName(account.profile.preferredUsername, undefined, context);
  const id = context.random.uuid() as UserId;
  const { password: _, ...rest } = account;
  const newUser = {
    ...rest,
    id,
    passwordHash: await context.passwords.hash(password),
    requiresPasswordChange: account.requiresPasswordChange || made !== undefined,
    createdAt: context.clock.now(),
  };
  return await context.store.transaction(async (tx) => {
    const added = await tx.users.add(newUser);
    if (added !== 'added') throw takenByAnother(added.taken);
    tx.record(creation(newUser, creator, { temporaryPassword: made !== undefined }), creator.origin);
    return { user: await findUser(id, { store: tx }), temporaryPassword: made };
  });
}

function creation(
  user: NewUser,
  { actor, clientId }: Creator,
  { temporaryPassword: isTemporary }: { readonly temporaryPassword: boolean },
): AuditEvent {
  const { id, username } = user;
  return {
    action: 'user.created',
    outcome: 'success',
    actor,
    ...(clientId !== undefined && { clientId }),
    target: { type: 'user', id },
    details: {
      username,
      is_admin: user.isAdmin,
      is_active: user.isActive,
      is_verified: user.isVerified,
      temporary_password: isTemporary,
    },
  };
}

/** Refuses a password that is too weak for this person. */
export async function checkPassword(
  password: string,
  person: PasswordOwner,
  context: Pick<Context, 'settings' | 'commonPasswords'>,
): Promise<void> {
  const problem = await findPasswordProblem(password, person, context);
  if (problem !== undefined) throw invalid([{ field: 'password', message: weakPasswordSentence(problem, context) }]);
}

/** What the admin API says about a name that another account has. */
export function takenByAnother(field: 'username' | 'email'): AdminRefusal {
  const message = field === 'username' ? 'Username already exists' : 'Email already exists';
  return new AdminRefusal('ALREADY_EXISTS', message, { errors: [{ field, message }] });
}
