import { canonicalEmail } from '@authly/oauth';
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { addressRange, findKnownPlace, type Whereabouts } from './places.js';
import { recordFirstFactor, recordLogin, type SignInMethod } from './record-login.js';
import { type SecondFactorMethod, secondFactorMethods } from './second-factor/check.js';
import { countAddress, countTry, forgetTries, type SignInTry, queueKeyOf } from './sign-in-limits.js';

export interface SignInAttempt extends Whereabouts {
  /** User name or e-mail address, as typed. */
  readonly login: string;
  readonly password: string;
  readonly method: SignInMethod;
}

export type SignInRefusal =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'inactive' }
  | { readonly kind: 'locked' | 'limited'; readonly retryAfterSeconds: number };

export type SignInResult =
  /** `secondFactor`: what is asked for next; empty when the password is all that it takes. */
  | { readonly kind: 'signed-in'; readonly user: User; readonly secondFactor: readonly SecondFactorMethod[] }
  | SignInRefusal;

type Needs = Pick<
  Context,
  'store' | 'passwords' | 'limiter' | 'keyQueue' | 'settings' | 'clock' | 'audit' | 'events' | 'hashing'
>;

/**
 * Checks a name and a password. Unknown accounts cost the same work and get the same answer; what is wrong with an account
 * is only said to someone who knows its password.
 */
// @check 85
export async function signIn(attempt: SignInAttempt, context: Needs): Promise<SignInResult> {
  const typed = attempt.login.trim();
  const login = canonicalEmail(typed) ?? typed;
  const found = await context.store.users.findForSignIn(login);
  const known = found && (await findKnownPlace(found.user.id, attempt, context));
  const counted = { login, user: found?.user, from: attempt, known };
  const limited = await countAddress(counted, context);
  if (limited !== undefined) return refuseAddress(attempt, limited, context);
  return context.keyQueue.run(queueKeyOf(counted, context), () => check(attempt, counted, context));
}

async function check(attempt: SignInAttempt, counted: SignInTry, context: Needs): Promise<SignInResult> {
  // Read again: while others had their turn, the password may have been changed.
  const found = await context.store.users.findForSignIn(counted.login);
  const usedUp = await countTry(counted, context);
  if (usedUp?.isToldOpenly) return refuse(attempt, usedUp, found?.user, context);
  // What is not told takes as long as a password that is looked at.
  const right = await context.passwords.verify(usedUp ? undefined : found?.passwordHash, attempt.password);
  if (!found || !right) {
    await refuse(attempt, usedUp ?? { kind: 'wrong' }, found?.user, context);
    return { kind: 'wrong' };
  }
  const { user } = found;
  await forgetTries({ ...counted, user }, context);
  if (!user.isActive) return refuse(attempt, { kind: 'inactive' }, user, context);
  const secondFactor = await secondFactorMethods(user.id, context);
  await Promise.all([
    secondFactor.length === 0
      ? recordLogin({ ...attempt, user }, context)
      : recordFirstFactor({ ...attempt, user }, context),
    rehash(attempt.password, { user, storedHash: found.passwordHash }, context),
  ]);
  return { kind: 'signed-in', user, secondFactor };
}

async function rehash(
  password: string,
  { user, storedHash }: { readonly user: User; readonly storedHash: string },
  context: Needs,
): Promise<void> {
  if (!context.passwords.needsRehash(storedHash)) return;
  await context.store.users.rehash(user.id, await context.passwords.hash(password), storedHash);
}

/** Of an address range that has used up what it may try, one line a window is recorded: it can send any number of them. */
async function refuseAddress(attempt: SignInAttempt, limited: SignInRefusal, context: Needs): Promise<SignInRefusal> {
  const line = await context.limiter.consume({
    key: `login-refused-from:${addressRange(attempt.origin.ip)}`,
    points: 1,
    windowSeconds: context.settings['login.rate_window'],
  });
  if (line.allowed) return refuse(attempt, limited, undefined, context);
  context.events.emit({ type: 'login', outcome: 'limited', method: attempt.method });
  return limited;
}

async function refuse<Refusal extends SignInRefusal>(
  attempt: SignInAttempt,
  refusal: Refusal,
  user: User | undefined,
  context: Needs,
): Promise<Refusal> {
  const outcome = refusal.kind === 'locked' || refusal.kind === 'limited' ? refusal.kind : 'failure';
  context.events.emit({ type: 'login', outcome, method: attempt.method });
  await context.audit.record(
    {
      action: 'login',
      outcome: 'failure',
      // What was typed may be a password in the wrong field, so only the name of a real account is kept.
      actor: user ? { type: 'user', id: user.id, name: user.username } : { type: 'anonymous' },
      details: { method: attempt.method, reason: refusal.kind },
    },
    attempt.origin,
  );
  return refusal;
}
