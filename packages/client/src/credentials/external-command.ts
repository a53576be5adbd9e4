/** A token from another program, in the manner of kubectl's exec plug-ins. */
import { execFile } from 'node:child_process';
import { CredentialUnavailableError, InvalidCredentialsError } from '../errors/credential-errors.js';
import { LoginCancelledError } from '../errors/login-errors.js';

/** What the program printed. Times are milliseconds since 1970. */
export interface ExternalToken {
  readonly token: string;
  readonly expiresAt?: number;
}

/** The program to run, without a shell, and how long it may take. */
export interface ExternalCommand {
  readonly command: readonly string[];
  /** 30,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a program that prints `{"token": "…", "expires_at": "…"}` (or kubectl's `{"status": {"token", "expirationTimestamp"}}`). Rejects with
 * CredentialUnavailableError when there is no such program, InvalidCredentialsError when it fails or prints something else. What it prints is never quoted.
 *
 * @example
 * ```ts
 * const { token } = await runExternalCommand({ command: ['vault', 'read', '-format=json', 'token'] });
 * ```
 */
export async function runExternalCommand(options: ExternalCommand): Promise<ExternalToken> {
  const output = await run(options);
  const token = parseExternalToken(output);
  if (token) return token;
  throw new InvalidCredentialsError({
    message: `The command ${options.command[0]} gave no token.`,
    reason: 'It must print a JSON object with a token.',
    hint: 'Run the command yourself and look at what it prints.',
  });
}

/** Reads the printed JSON; `undefined` when there is no token in it. */
export function parseExternalToken(output: string): ExternalToken | undefined {
  const printed = fieldsOf(parseJson(output));
  const fields = printed?.status === undefined ? printed : fieldsOf(printed.status);
  const token = fields?.token ?? fields?.access_token;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const end = fields?.expires_at ?? fields?.expirationTimestamp ?? fields?.expiry;
  const expiresAt = typeof end === 'string' ? Date.parse(end) : Number.NaN;
  return { token, expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt };
}

function run(options: ExternalCommand): Promise<string> {
  const [program = '', ...rest] = options.command;
  const limits = { timeout: options.timeoutMs ?? 30_000, maxBuffer: 1024 * 1024, signal: options.signal };
  return new Promise((resolve, reject) => {
    execFile(program, rest, limits, (error, output) => {
      if (error) reject(options.signal?.aborted ? cancelled() : failure(program, error));
      else resolve(output);
    }).stdin?.end();
  });
}

// None of these keeps the cause: it quotes the command's arguments, which may hold a secret.
function failure(program: string, error: Error): Error {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'EACCES') {
    return new CredentialUnavailableError({
      message: `The command ${program} cannot be run.`,
      reason: code === 'ENOENT' ? 'There is no such program.' : 'It may not be executed.',
      hint: 'Install it, or correct the configured command.',
    });
  }
  return new InvalidCredentialsError({
    message: `The command ${program} failed.`,
    reason: 'killed' in error && error.killed ? 'It took too long.' : `It ended with ${String(code)}.`,
    hint: 'Run the command yourself and look at what it prints.',
  });
}

function cancelled(): LoginCancelledError {
  return new LoginCancelledError({
    message: 'The command was stopped.',
    reason: 'The caller cancelled it.',
    hint: 'Run it again when you want to go on.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
