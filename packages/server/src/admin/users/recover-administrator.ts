/** A way in for an administrator whom nobody can let in: for whoever holds the database, and so could write into it anyway. */
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { type OperatorCommand, recordChange } from '../actor.js';
import { AdminRefusal } from '../refusal.js';
import { userNotFound } from './find-user.js';
import { unlockUser } from './lockout.js';
import { resetPassword } from './reset-password.js';
import { resetSecondFactor } from './reset-second-factor.js';

export interface RecoveryRequest {
  /** User name or e-mail address. Without it: the only active administrator. */
  readonly login?: string;
  readonly resetSecondFactor?: boolean;
  /** Makes the account an active administrator, where it is none. */
  readonly makeAdmin?: boolean;
}

export interface Recovery {
  readonly username: string;
  /** For one sign-in; in this result and nowhere else. */
  readonly password: string;
  /** Browser sessions and tokens that ended. */
  readonly ended: number;
  readonly secondFactor: 'none' | 'removed' | 'kept';
  readonly wasMadeAdmin: boolean;
  /** False where the names that failed sign-ins are counted under cannot be worked out. */
  readonly isUnlocked: boolean;
}

/** What a recovery needs. Without the secrets of the server it has no `hashing`. */
export type RecoveryContext = Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'limiter' | 'settings'> & {
  readonly hashing: Context['hashing'] | undefined;
};

const ACTOR: OperatorCommand = { command: 'authly recover' };

/** @throws AdminRefusal when the account does not exist, or is no active administrator and shall not become one. */
export async function recoverAdministrator(request: RecoveryRequest, context: RecoveryContext): Promise<Recovery> {
  const { hashing, store } = context;
  const user = await chooseAccount(request.login, context);
  const wasMadeAdmin = await makeAdministrator(user, request, context);
  const { password, ended } = await resetPassword(user.id, ACTOR, context);
  const hadSecondFactor = (await store.secondFactors.listOf(user.id)).length > 0;
  if (request.resetSecondFactor === true) await resetSecondFactor(user.id, ACTOR, context);
  if (hashing !== undefined) await unlockUser(user.id, ACTOR, { ...context, hashing });
  return {
    username: user.username,
    password,
    ended,
    secondFactor: !hadSecondFactor ? 'none' : request.resetSecondFactor === true ? 'removed' : 'kept',
    wasMadeAdmin,
    isUnlocked: hashing !== undefined,
  };
}

async function chooseAccount(login: string | undefined, { store }: Pick<RecoveryContext, 'store'>): Promise<User> {
  if (login !== undefined) {
    const found = await store.users.findForSignIn(login);
    if (found === undefined) throw userNotFound();
    return found.user;
  }
  const { users } = await store.admin.users.page({ isAdmin: true, isActive: true }, { skip: 0, limit: 10 });
  const [only] = users;
  if (only === undefined) {
    throw new AdminRefusal('USER_NOT_FOUND', 'There is no active administrator: name an account, with --make-admin');
  }
  if (users.length === 1) return only;
  const names = users.map(({ username }) => username).join(', ');
  throw new AdminRefusal('INVALID_REQUEST', `There are several administrators, say which one: ${names}`);
}

/** Answers whether anything had to be changed for that. */
async function makeAdministrator(
  user: User,
  { makeAdmin = false }: RecoveryRequest,
  { store, clock }: Pick<RecoveryContext, 'store' | 'clock'>,
): Promise<boolean> {
  if (user.isAdmin && user.isActive) return false;
  if (!makeAdmin) {
    const what = user.isAdmin ? 'is deactivated' : 'is no administrator';
    throw new AdminRefusal(
      'INVALID_REQUEST',
      `The account "${user.username}" ${what}: --make-admin makes it an active one`,
    );
  }
  const flags = { isAdmin: true, isActive: true } as const;
  await store.transaction(async (tx) => {
    await tx.users.change(user.id, flags, { now: clock.now() });
    recordChange(
      ACTOR,
      {
        action: user.isActive ? 'user.changed' : 'user.activated',
        target: { type: 'user', id: user.id },
        details: { is_admin: true, is_active: true },
      },
      tx,
    );
  });
  return true;
}
