import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import { seconds } from '../terminal/time.js';

/** The seconds that an option means; `undefined` when it was not given. @throws CliError when it is not a duration. */
export function durationOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const value = seconds(given);
  if (value !== undefined) return value;
  throw new CliError({
    message: `--${option} is not a duration`,
    reason: `It is '${given}'.`,
    hint: 'Write a number with a unit: 90s, 30m, 12h, 7d, 1y.',
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
