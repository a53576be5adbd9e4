/** Why embedded PostgreSQL could not start, in words that tell the operator what to do. */

export type EmbeddedPostgresFault =
  | 'unsupported-platform'
  | 'binaries-missing'
  | 'data-in-use'
  | 'data-missing'
  | 'data-unknown'
  | 'data-version'
  | 'permission'
  | 'disk-full'
  | 'account'
  | 'port-taken'
  | 'start-failed';

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly fault: EmbeddedPostgresFault;

  constructor(fault: EmbeddedPostgresFault, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.fault = fault;
  }
}

/** Turns what initdb or postgres printed before it gave up into one error. */
export function explainOutput(step: string, output: string, directory: string): EmbeddedPostgresError {
  const lines = output.trim().split('\n').slice(-12).join('\n');
  if (/no space left on device|disk quota exceeded/i.test(output)) {
    return diskFull(directory, lines);
  }
  if (/permission denied|operation not permitted|read-only file system/i.test(output)) {
    return permission(directory, lines);
  }
  if (/has wrong ownership|has invalid permissions/i.test(output)) {
    return permission(directory, lines);
  }
  if (/could not look up effective user id/i.test(output)) {
    return new EmbeddedPostgresError(
      'account',
      `PostgreSQL cannot be initialised because the current user id has no entry in /etc/passwd. Run the server as a user that has one, or set DATABASE_URL to use another PostgreSQL.\n${lines}`,
    );
  }
  if (/pre-existing shared memory block|is another (postmaster|postgres)/i.test(output)) {
    return new EmbeddedPostgresError(
      'data-in-use',
      `Another PostgreSQL is still working in ${directory}. Stop it, or choose another data directory.\n${lines}`,
    );
  }
  if (/could not bind IPv4 address/i.test(output)) {
    return new EmbeddedPostgresError('port-taken', `PostgreSQL could not listen on 127.0.0.1.\n${lines}`);
  }
  return new EmbeddedPostgresError('start-failed', `${step} failed in ${directory}.\n${lines}`);
}

/** Turns an error of a file operation into one that names the directory and the remedy; anything else stays as it is. */
export function explainSystemError(error: unknown, directory: string): unknown {
  if (error instanceof EmbeddedPostgresError || !(error instanceof Error)) {
    return error;
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return diskFull(directory, error.message, error);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return permission(directory, error.message, error);
  }
  return error;
}

function diskFull(directory: string, detail: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'disk-full',
    `The disk that holds ${directory} is full. Free some space (an empty database needs about 60 MB) or choose another data directory, then start again.\n${detail}`,
    { cause },
  );
}

function permission(directory: string, detail: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'permission',
    `The data directory ${directory} cannot be used by this account. Give the account that runs the server ownership of it, or choose another data directory.\n${detail}`,
    { cause },
  );
}
