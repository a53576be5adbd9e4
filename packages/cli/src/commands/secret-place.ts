import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';

/** Where a secret goes that is shown only once: to the screen, or into a private file. */
export interface SecretPlace {
  readonly path: string | undefined;
  /** Keeps the secret and answers what to show in its place. */
  keep(secret: string): string;
}

/**
 * Prepares the place before anything is created: a secret that cannot be written down afterwards would be lost.
 * @throws CliError when the file exists or cannot be written.
 */
export function secretPlace(path: string | undefined): SecretPlace {
  if (path === undefined) return { path, keep: (secret) => secret };
  const file = open(path);
  // An unused file would look like an empty secret.
  const discard = () => unlinkSync(path);
  process.once('exit', discard);
  return {
    path,
    keep(secret) {
      process.removeListener('exit', discard);
      writeSync(file, `${secret}\n`);
      closeSync(file);
      return `written to ${path}`;
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new CliError({
      message: `The secret cannot be written to ${path}`,
      reason: exists ? 'The file exists already, and it may hold another secret.' : 'The file cannot be created.',
      hint: 'Nothing was created. Choose another path.',
      code: 'usage',
      exitCode: EXIT.validation,
      cause,
    });
  }
}
