/** A value that must not be printed: every way of turning it into text gives `[redacted]`. */
import { ConfigurationError } from './errors/credential-errors.js';

const redacted = '[redacted]';

/**
 * Holds a secret, or the place where it is found, and reveals it only on request.
 *
 * @example
 * ```ts
 * const secret = Secret.env('MY_APP_CLIENT_SECRET');
 * console.log(`${secret}`); // [redacted]
 * const value = secret.reveal();
 * ```
 */
export class Secret {
  readonly #read: () => string;

  private constructor(read: () => string) {
    this.#read = read;
  }

  /** Wraps a value that is already in memory. */
  static from(value: string): Secret {
    return new Secret(() => value);
  }

  /** Names an environment variable, read when the secret is revealed; an unset or empty one is a ConfigurationError. */
  static env(name: string): Secret {
    return new Secret(() => {
      const value = process.env[name];
      if (value) return value;
      throw new ConfigurationError({
        message: `The environment variable ${name} is not set.`,
        reason: 'A secret is configured to be read from it.',
        hint: `Set ${name} and try again.`,
      });
    });
  }

  /** Names a file, read when the secret is revealed; one trailing line end is dropped, a file that cannot be read is a ConfigurationError. */
  static file(path: string): Secret {
    return new Secret(() => readSecretFile(path));
  }

  /** The secret itself. Do not keep it longer than the call that needs it. */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

function readSecretFile(path: string): string {
  try {
    // Asked for at run time, so that a bundle for the browser does not drag the file system in.
    const text = process
      .getBuiltinModule('node:fs')
      .readFileSync(path, 'utf8')
      .replace(/\r?\n$/, '');
    if (text) return text;
  } catch (cause) {
    throw unreadable(path, 'The file could not be read.', cause);
  }
  throw unreadable(path, 'The file is empty.', undefined);
}

function unreadable(path: string, reason: string, cause: unknown): ConfigurationError {
  return new ConfigurationError({
    message: `The secret file ${path} gave no secret.`,
    reason,
    hint: 'Check the path and the permissions of the file.',
    cause,
  });
}
