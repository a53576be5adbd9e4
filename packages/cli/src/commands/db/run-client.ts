import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';

/** Runs a database client in this terminal until it ends, and answers its exit code. */
export async function runClient(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [{ spawn }, { constants }] = await Promise.all([import('node:child_process'), import('node:os')]);
  const child = spawn(program, args, { stdio: 'inherit', env });
  // The terminal sends Ctrl-C to both; the client decides what it means.
  process.on('SIGINT', leaveIt);
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => reject(notFound(program, cause)));
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    process.removeListener('SIGINT', leaveIt);
    process.removeListener('SIGTERM', forward);
  }
}

function leaveIt(): void {}

function notFound(program: string, cause: unknown): CliError {
  return new CliError({
    message: `${program} cannot be run`,
    reason: 'It was not found, or it is not executable.',
    hint: `Install it, and see that it is in PATH. On Debian: ${PACKAGES[program] ?? program}`,
    code: 'usage',
    exitCode: EXIT.validation,
    cause,
  });
}

const PACKAGES: Readonly<Record<string, string>> = {
  psql: 'apt-get install postgresql-client',
  'redis-cli': 'apt-get install redis-tools',
};
