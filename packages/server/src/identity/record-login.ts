import type { SecondFactorMethod } from '../model/people/second-factor.js';
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { placesOf, type Whereabouts } from './places.js';

/** Where a sign-in came in, for metrics and the audit log. */
export type SignInMethod = 'page' | 'password_grant' | 'admin_api' | 'challenge';

export interface Login extends Whereabouts {
  readonly user: User;
  readonly method: SignInMethod;
  /** What came after the password. */
  readonly secondFactor?: SecondFactorMethod;
  readonly recoveryCodesLeft?: number;
}

type Needs = Pick<Context, 'store' | 'clock' | 'audit' | 'events' | 'hashing'>;

/** The person has proved who they are, with all that it takes. */
export async function recordLogin(login: Login, context: Needs): Promise<void> {
  const { user, method, origin, secondFactor, recoveryCodesLeft } = login;
  context.events.emit({ type: 'login', outcome: 'success', method });
  const details = {
    method,
    ...(secondFactor && { second_factor: secondFactor }),
    ...(recoveryCodesLeft !== undefined && { recovery_codes_left: recoveryCodesLeft }),
  };
  await Promise.all([
    context.store.users.recordSignIn(
      user.id,
      placesOf(login, context).map(({ key }) => key),
      context.clock.now(),
    ),
    context.audit.record(
      { action: 'login', outcome: 'success', actor: { type: 'user', id: user.id, name: user.username }, details },
      origin,
    ),
  ]);
}

/** The password was right, and a second factor is asked for: nobody is signed in yet. */
export async function recordFirstFactor(
  { user, method, origin }: Login,
  { audit }: Pick<Needs, 'audit'>,
): Promise<void> {
  const actor = { type: 'user', id: user.id, name: user.username } as const;
  await audit.record({ action: 'login.first_factor', outcome: 'success', actor, details: { method } }, origin);
}
