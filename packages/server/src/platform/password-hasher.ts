import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { OverloadedError, type PasswordHasher } from '../ports/crypto/password-hasher.js';
import type { Random } from '../ports/crypto/random.js';

/** @spec OWASP Password Storage: argon2id, 19 MiB, two passes, one lane */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const ARGON2ID = 2;

/** Longer passwords are refused unread: hashing time must not depend on what a stranger sends. */
const MAX_PASSWORD_BYTES = 1024;
const TOO_LONG_DECOY = 'too long';

/** One core stays free for the event loop, one of libuv's four threads for signatures and name look-ups. */
const DEFAULT_CONCURRENCY = Math.min(3, Math.max(1, availableParallelism() - 1));

/** argon2id off the event loop, a few at a time; `maxQueue` may wait, the next is refused at once. */
export function createPasswordHasher(options: {
  readonly maxQueue: number;
  readonly random: Random;
  readonly concurrency?: number;
}): PasswordHasher {
  const run = boundedQueue(options.concurrency ?? DEFAULT_CONCURRENCY, options.maxQueue);
  const decoy = decoyHash(options.random);

  return {
    async hash(password) {
      const bytes = passwordBytes(password);
      if (bytes === undefined) throw new RangeError(`a password has at most ${MAX_PASSWORD_BYTES} bytes`);
      return run(() => hash(bytes, COST));
    },

    async verify(stored, password) {
      const bytes = passwordBytes(password);
      const matches = await run(() => verify(stored ?? decoy, bytes ?? TOO_LONG_DECOY));
      return matches && stored !== undefined && bytes !== undefined;
    },

    needsRehash(stored) {
      try {
        const made = parseOptions(stored);
        return (
          made.algorithm !== ARGON2ID ||
          made.memoryCost < COST.memoryCost ||
          made.timeCost < COST.timeCost ||
          made.outputLen < COST.outputLen
        );
      } catch {
        return true;
      }
    },
  };
}

/** The same characters typed on another keyboard are the same password. @spec NIST SP 800-63B §5.1.1.2 */
function passwordBytes(password: string): Buffer | undefined {
  if (password.length > MAX_PASSWORD_BYTES) return undefined;
  const bytes = Buffer.from(password.normalize('NFKC'));
  return bytes.length > MAX_PASSWORD_BYTES ? undefined : bytes;
}

/** A hash of nothing, with the cost of a real one: an unknown user takes as long as a known one. */
function decoyHash(random: Random): string {
  const base64 = (length: number): string => random.bytes(length).toString('base64').replaceAll('=', '');
  const { memoryCost, timeCost, parallelism, outputLen } = COST;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${base64(16)}$${base64(outputLen)}`;
}

function boundedQueue(concurrency: number, maxQueue: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running >= concurrency) {
      if (waiting.length >= maxQueue) throw new OverloadedError(retryAfterSeconds(maxQueue, concurrency));
      // Whoever finishes hands its place over, so `running` does not change.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** The time a full queue takes, at about 15 ms a hash. */
function retryAfterSeconds(maxQueue: number, concurrency: number): number {
  return Math.max(1, Math.ceil((maxQueue * 0.015) / concurrency));
}
