import type { ExitCode } from './exit-code.js';

export interface CliErrorParts {
  /** What went wrong, in a few words, without a full stop. */
  readonly message: string;
  /** Why, in one sentence. */
  readonly reason?: string | undefined;
  /** What to do, in one sentence or one command. */
  readonly hint?: string | undefined;
  readonly exitCode: ExitCode;
  /** A word that programs may switch on. */
  readonly code: string;
  readonly requestId?: string | undefined;
  /** The same command may succeed later without anyone changing anything. */
  readonly retryable?: boolean | undefined;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** Anything that ends a command: what, why, what to do, and the exit code. Never holds a secret. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;

  constructor(parts: CliErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.reason = parts.reason;
    this.hint = parts.hint;
    this.exitCode = parts.exitCode;
    this.code = parts.code;
    this.requestId = parts.requestId;
    this.retryable = parts.retryable ?? false;
    this.retryAfter = parts.retryAfter;
  }
}
