/**
 * Nonces of proofs are not stored: each is the number of a window of time with a code that every node can make and check. One nonce is
 * good at every endpoint of the issuer, since clients keep one for each origin. @spec RFC 9449 §8
 */
import type { Context } from '../../ports/context.js';

const WINDOW_MS = 60_000;
/** The present window and the two before it. */
const GOOD_WINDOWS = 3;

type Needs = Pick<Context, 'clock' | 'hashing'>;

/** The nonce that is offered now. */
export function currentNonce({ clock, hashing }: Needs): string {
  const name = windowOf(clock.now()).toString(36);
  return `${name}.${hashing.mac(PURPOSE, name)}`;
}

/** When a nonce will have run out; `undefined` for one that is not good now. A node whose clock is a little ahead may have made it. */
export function nonceEnd(nonce: string, { clock, hashing }: Needs): Date | undefined {
  const [name = '', mac = '', ...rest] = nonce.split('.');
  if (rest.length > 0 || name.length > 12 || !hashing.isMac(mac, PURPOSE, name)) return undefined;
  const window = Number.parseInt(name, 36);
  const age = windowOf(clock.now()) - window;
  return age < GOOD_WINDOWS && age >= -1 ? new Date((window + GOOD_WINDOWS) * WINDOW_MS) : undefined;
}

const PURPOSE = 'dpop-nonce';

function windowOf(time: Date): number {
  return Math.floor(time.getTime() / WINDOW_MS);
}
