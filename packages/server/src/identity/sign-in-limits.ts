/**
 * How often a name and a password may be tried. Everything is counted twice: for the name as it was typed, and for the account behind it,
 * so that guessing at the user name and at the e-mail address of a person gains nothing. Only what the typed name has used up itself
 * is said: otherwise a lock would tell which names exist, and which of them belong together.
 */
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import type { RateLimiter, RateLimitState } from '../ports/rate-limiter.js';
import { addressRange, type KnownPlace, type Whereabouts } from './places.js';

export interface SignInTry {
  /** As typed. */
  readonly login: string;
  /** Whose name it is, if anybody's. */
  readonly user: User | undefined;
  readonly from: Whereabouts;
  /** Where they have signed in before, if this is such a place. */
  readonly known: KnownPlace | undefined;
}

export interface UsedUp {
  readonly kind: 'locked' | 'limited';
  readonly retryAfterSeconds: number;
  /** The typed name has used it up itself; otherwise the answer is that of a wrong password. */
  readonly isToldOpenly: boolean;
}

type Needs = Pick<Context, 'limiter' | 'settings' | 'hashing'>;

/** Wrong passwords in a row after which strangers may try once an hour. @spec NIST SP 800-63B §3.2.2 (at most 100) */
const FAILURES_IN_A_ROW = 100;
const SLOW_SECONDS = 3600;
const YEAR_SECONDS = 31_536_000;
/** Strangers make names up; what is counted for those must not stay for long. */
const DAY_SECONDS = 86_400;

/** What one address range may try, whoever is meant. A browser that the person has used before shares it with nobody. */
export async function countAddress(attempt: SignInTry, context: Needs): Promise<UsedUp | undefined> {
  if (attempt.known?.kind === 'browser') return undefined;
  const state = await context.limiter.consume({
    key: `login-from:${addressRange(attempt.from.origin.ip)}`,
    points: context.settings['login.address_limit'],
    windowSeconds: context.settings['login.rate_window'],
  });
  if (state.allowed) return undefined;
  return { kind: 'limited', retryAfterSeconds: state.resetSeconds, isToldOpenly: true };
}

/**
 * Counts a try before the password is looked at, so that parallel guesses can't slip through together. What is refused spends nothing
 * of the wider limits: an address that is locked, none of what strangers may try at the account from elsewhere.
 */
export async function countTry(attempt: SignInTry, context: Needs): Promise<UsedUp | undefined> {
  const name = nameSubject(attempt.login, context);
  let account = attempt.user && accountSubject(attempt.user);
  let untold: UsedUp | undefined;
  for (const limit of limitsOf(attempt, context)) {
    const [byName, byAccount] = await Promise.all([
      limit.count(name, DAY_SECONDS, context),
      account === undefined ? undefined : limit.count(account, YEAR_SECONDS, context),
    ]);
    const { kind } = limit;
    if (!byName.allowed) return { kind, retryAfterSeconds: byName.resetSeconds, isToldOpenly: true };
    if (byAccount === undefined || byAccount.allowed) continue;
    // The name is counted on, as one that nobody has would be.
    account = undefined;
    untold = { kind, retryAfterSeconds: byAccount.resetSeconds, isToldOpenly: false };
  }
  return untold;
}

/** The password was right: what was counted for the person's names is forgotten, here and for strangers. */
export async function forgetTries(attempt: SignInTry & { readonly user: User }, context: Needs): Promise<void> {
  const place = placeKey(attempt);
  const ends = [`lock:${place}`, 'failures', ...(attempt.known ? [`failures:${attempt.known.key}`] : [])];
  const subjects = signInSubjects(attempt.user, context);
  await context.limiter.reset(subjects.flatMap((subject) => ends.map((end) => `${subject}${end}`)));
}

/** What the tries at a person are counted under: the beginnings of the keys for the account and for both of its names. */
export function signInSubjects(user: User, context: Pick<Context, 'hashing'>): readonly string[] {
  return [accountSubject(user), nameSubject(user.username, context), nameSubject(user.email, context)];
}

/** The beginning of the keys of an account's locks, one for each place. */
export function accountLocks(user: Pick<User, 'id'>): string {
  return `${accountSubject(user)}lock:`;
}

/**
 * One name at a time at each place: otherwise many right passwords at once would look like many tries. Never by account: an e-mail
 * address that waits for the tries at a user name would tell whose it is.
 */
export function queueKeyOf(attempt: SignInTry, context: Pick<Context, 'hashing'>): string {
  return `${nameSubject(attempt.login, context)}${placeKey(attempt)}`;
}

interface Limit {
  readonly kind: UsedUp['kind'];
  /** `longest`: seconds for which something may be counted under this subject. */
  count(subject: string, longest: number, context: Needs): Promise<RateLimitState>;
}

/** From the narrowest to the widest. */
function limitsOf(attempt: SignInTry, { settings }: Needs): readonly Limit[] {
  const { known } = attempt;
  const lock: Limit = {
    kind: 'locked',
    count: (subject, _longest, { limiter }) =>
      limiter.consume({
        key: `${subject}lock:${placeKey(attempt)}`,
        points: settings['lockout.max_attempts'],
        windowSeconds: settings['lockout.duration'],
      }),
  };
  const rate: Limit = {
    kind: 'limited',
    count: (subject, _longest, { limiter }) =>
      limiter.consume({
        key: `${subject}rate`,
        points: settings['login.rate_limit'],
        windowSeconds: settings['login.rate_window'],
      }),
  };
  const failures: Limit = {
    kind: 'limited',
    count: (subject, longest, { limiter }) => countInARow(subject, { longest, known }, limiter),
  };
  return known === undefined ? [lock, rate, failures] : [lock, failures];
}

async function countInARow(
  subject: string,
  { longest, known }: { readonly longest: number; readonly known: KnownPlace | undefined },
  limiter: RateLimiter,
): Promise<RateLimitState> {
  const place = known === undefined ? '' : `:${known.key}`;
  const inARow = await limiter.consume({
    key: `${subject}failures${place}`,
    points: FAILURES_IN_A_ROW,
    windowSeconds: longest,
  });
  if (inARow.allowed) return inARow;
  return await limiter.consume({ key: `${subject}slow${place}`, points: 1, windowSeconds: SLOW_SECONDS });
}

function placeKey({ from, known }: SignInTry): string {
  return known?.kind === 'browser' ? known.key : addressRange(from.origin.ip);
}

function accountSubject({ id }: Pick<User, 'id'>): string {
  return `sign-in:${id}:`;
}

/** Hashed: what is typed may be a password in the wrong field. */
function nameSubject(typed: string, { hashing }: Pick<Context, 'hashing'>): string {
  return `sign-in:${hashing.tokenHash(typed.trim().toLowerCase())}:`;
}
