import type { UserId } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import type { RateLimit } from '../../ports/rate-limiter.js';
import { DEVICE_CODE_LIFETIME_SECONDS } from './user-code.js';

export interface Guesser {
  readonly userId: UserId;
  /** The address or range that counts as one. */
  readonly address: string;
}

type Needs = Pick<Context, 'limiter' | 'clock'>;

/** 20^8 codes and 5 wrong ones within the life of a code: a chance of 2^-32. @spec RFC 8628 §5.1 */
const WRONG_BY_PERSON = 5;
/** Many people stand behind one address; nobody is behind many accounts of one. */
const WRONG_BY_ADDRESS = 20;
/** Right codes cost nothing, but nobody types so many. */
const MOST_TRIES = 1000;

/**
 * Looks a user code up for a person, within what one person and one address may guess. A try is counted before the answer is
 * known, so that parallel guesses can't slip through together, and given back when it was right: whoever owns right codes
 * wins no guesses by them.
 */
export async function guess<T>(
  guesser: Guesser,
  look: () => Promise<T | undefined>,
  context: Needs,
): Promise<{ readonly found: T | undefined } | { readonly retryAfterSeconds: number }> {
  const window = Math.floor(context.clock.now().getTime() / 1000 / DEVICE_CODE_LIFETIME_SECONDS);
  const subjects = [
    { name: `person:${guesser.userId}`, allowed: WRONG_BY_PERSON },
    { name: `address:${guesser.address}`, allowed: WRONG_BY_ADDRESS },
  ];
  const giveBack = (): Promise<unknown> =>
    Promise.all(subjects.map(({ name }) => context.limiter.consume(counter('given-back', name, window))));

  const waits = await Promise.all(subjects.map((subject) => count(subject, window, context)));
  const retryAfterSeconds = Math.max(...waits);
  if (retryAfterSeconds > 0) {
    await giveBack();
    return { retryAfterSeconds };
  }
  const found = await look();
  if (found !== undefined) await giveBack();
  return { found };
}

/**
 * Counts a try; answers how many seconds to wait, 0 when it is within the limit. Two windows side by side, each as long as a
 * code lives, cover the whole life of any code.
 */
async function count(
  { name, allowed }: { readonly name: string; readonly allowed: number },
  window: number,
  context: Needs,
): Promise<number> {
  const tried = await context.limiter.consume(counter('tried', name, window));
  const [back, triedBefore, backBefore] = await Promise.all([
    context.limiter.peek(counter('given-back', name, window)),
    context.limiter.peek(counter('tried', name, window - 1)),
    context.limiter.peek(counter('given-back', name, window - 1)),
  ]);
  const wrongNow = MOST_TRIES - tried.remaining - countedBefore(back);
  const wrongBefore = countedBefore(triedBefore) - countedBefore(backBefore);
  if (tried.allowed && wrongNow + wrongBefore <= allowed) return 0;
  const windows = wrongNow > allowed ? 2 : 1;
  return (window + windows) * DEVICE_CODE_LIFETIME_SECONDS - context.clock.now().getTime() / 1000;
}

/** What was counted before a peek, which answers as if one more were counted. */
function countedBefore(peeked: { readonly remaining: number }): number {
  return MOST_TRIES - peeked.remaining - 1;
}

function counter(what: 'tried' | 'given-back', name: string, window: number): RateLimit {
  return {
    key: `user-code:${what}:${name}:${window}`,
    points: MOST_TRIES,
    windowSeconds: 2 * DEVICE_CODE_LIFETIME_SECONDS,
  };
}
