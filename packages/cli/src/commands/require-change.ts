import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';

/** Refuses an update that changes nothing. @throws CliError when every field of the body is undefined. */
export function requireChange(body: Readonly<Record<string, unknown>>, command: string): void {
  if (Object.values(body).some((value) => value !== undefined)) return;
  throw new CliError({
    message: 'Nothing to change',
    reason: 'No option says what should be different.',
    hint: `See: ${command} --help`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
