import type { RequestOrigin } from '../model/audit-event.js';
import type { User } from '../model/user.js';
import type { Context } from '../ports/context.js';
import { recordFirstFactor, recordLogin, type SignInMethod } from './record-login.js';
import { type SecondFactorMethod, secondFactorMethods } from './second-factor/check.js';

export interface SignInAttempt {
  /** User name or e-mail address, as typed. */
  readonly login: string;
  readonly password: string;
  readonly origin: RequestOrigin;
  readonly method: SignInMethod;
}

export type SignInRefusal =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'inactive' }
  | { readonly kind: 'unverified' }
  | { readonly kind: 'locked' | 'limited'; readonly retryAfterSeconds: number };

export type SignInResult =
  /** `secondFactor`: what is asked for next; empty when the password is all that it takes. */
  | { readonly kind: 'signed-in'; readonly user: User; readonly secondFactor: readonly SecondFactorMethod[] }
  | SignInRefusal;

type Needs = Pick<
  Context,
  'store' | 'passwords' | 'limiter' | 'turns' | 'settings' | 'clock' | 'audit' | 'events' | 'hashing'
>;

/**
 * Checks a name and a password. Unknown accounts cost the same work and get the same answer; what is wrong with an account
 * is only said to someone who knows its password.
 */
// @check 85
export async function signIn(attempt: SignInAttempt, context: Needs): Promise<SignInResult> {
  const known = await context.store.users.findForSignIn(attempt.login.trim());
  const keys = known ? accountKeys(known.user) : keysOf(context.hashing.tokenHash(attempt.login.trim().toLowerCase()));
  const limited = await overLimit(keys.attempts, attempt.origin, context);
  if (limited !== undefined)
    return refuse(attempt, { kind: 'limited', retryAfterSeconds: limited }, known?.user, context);
  const lockKey = `${keys.lockPrefix}${addressRange(attempt.origin.ip)}`;
  // In turns: otherwise many right passwords at once would look like many attempts before the first has been found right.
  return context.turns.take(lockKey, () => check(attempt, lockKey, context));
}

async function check(attempt: SignInAttempt, lockKey: string, context: Needs): Promise<SignInResult> {
  const { settings } = context;
  // Read again: while others had their turn, the password may have been changed.
  const found = await context.store.users.findForSignIn(attempt.login.trim());
  // Counted before the password is looked at, so that parallel guesses can't slip through together.
  const lock = await context.limiter.consume({
    key: lockKey,
    points: settings['lockout.max_attempts'],
    windowSeconds: settings['lockout.duration'],
  });
  if (!lock.allowed)
    return refuse(attempt, { kind: 'locked', retryAfterSeconds: lock.resetSeconds }, found?.user, context);
  const right = await context.passwords.verify(found?.passwordHash, attempt.password);
  if (!found || !right) return refuse(attempt, { kind: 'wrong' }, found?.user, context);
  await context.limiter.reset(lockKey);
  const { user } = found;
  if (!user.isActive) return refuse(attempt, { kind: 'inactive' }, user, context);
  if (!user.isVerified) return refuse(attempt, { kind: 'unverified' }, user, context);
  const secondFactor = await secondFactorMethods(user.id, context);
  await Promise.all([
    secondFactor.length === 0
      ? recordLogin({ ...attempt, user }, context)
      : recordFirstFactor({ ...attempt, user }, context),
    rehash(attempt.password, { user, storedHash: found.passwordHash }, context),
  ]);
  return { kind: 'signed-in', user, secondFactor };
}

async function overLimit(attempts: string, origin: RequestOrigin, context: Needs): Promise<number | undefined> {
  const { settings } = context;
  const windowSeconds = settings['login.rate_window'];
  const [byAccount, byAddress] = await Promise.all([
    context.limiter.consume({ key: attempts, points: settings['login.rate_limit'], windowSeconds }),
    context.limiter.consume({
      key: `login-from:${addressRange(origin.ip)}`,
      points: settings['login.address_limit'],
      windowSeconds,
    }),
  ]);
  if (byAccount.allowed && byAddress.allowed) return undefined;
  return Math.max(byAccount.allowed ? 0 : byAccount.resetSeconds, byAddress.allowed ? 0 : byAddress.resetSeconds);
}

async function rehash(
  password: string,
  { user, storedHash }: { readonly user: User; readonly storedHash: string },
  context: Needs,
): Promise<void> {
  if (!context.passwords.needsRehash(storedHash)) return;
  const now = context.clock.now();
  const hash = await context.passwords.hash(password);
  await context.store.users.setPassword(user.id, hash, {
    now,
    ifHash: storedHash,
    requiresChange: user.requiresPasswordChange,
  });
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

/** Where the attempts of a person are counted, under whatever name they sign in; locked for each address range. */
export function accountKeys(user: Pick<User, 'id'>): AccountKeys {
  return keysOf(user.id);
}

export interface AccountKeys {
  readonly attempts: string;
  readonly lockPrefix: string;
}

/** `account`: the id of a user; for a name that nobody has, its hash, so that it is limited and locked like any other. */
function keysOf(account: string): AccountKeys {
  return { attempts: `login:${account}`, lockPrefix: `lockout:${account}:` };
}

/** IPv6 users hold a whole /64, so that is what is counted. */
export function addressRange(ip: string | undefined): string {
  if (ip === undefined) return 'unknown';
  const plain = ip.startsWith('::ffff:') ? ip.slice(7) : ip;
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')}::/64`;
}
