/** People's passwords: slow on purpose, bounded, off the event loop. */
export interface PasswordHasher {
  /** Throws OverloadedError when too many are waiting. */
  hash(password: string): Promise<string>;
  /** Does the same work when `stored` is `undefined` (unknown user), and answers false. */
  verify(stored: string | undefined, password: string): Promise<boolean>;
  /** True when the stored hash was made with weaker settings than today's. */
  needsRehash(stored: string): boolean;
}

/** The server has more work than it can do now; answered with 503 and Retry-After. */
export class OverloadedError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super('too many password hashes are waiting');
    this.name = 'OverloadedError';
  }
}
