/** The database cannot be reached, or not in time. Nothing is known to be stored; answered with 503 and Retry-After. */
export class DatabaseUnavailableError extends Error {
  constructor(
    /** What the driver said; for the log, never for the caller. */
    override readonly cause: unknown,
    readonly retryAfterSeconds = 5,
  ) {
    super('the database cannot be reached');
    this.name = 'DatabaseUnavailableError';
  }
}
