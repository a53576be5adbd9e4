/** The server cannot start, for a reason that its operator can do something about. The message is all they need. */
export class StartError extends Error {
  constructor(what: string, why: string, remedy: string, options?: ErrorOptions) {
    super(`${what}\n  ${why}\n  ${remedy}`, options);
    this.name = 'StartError';
  }
}
