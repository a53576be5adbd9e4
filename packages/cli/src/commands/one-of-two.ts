import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import { kebab } from '../program/option.js';

/**
 * A value that two flags set in opposite directions; `undefined` when neither is given.
 * @throws CliError when both are.
 * @example oneOfTwo(options, 'activate', 'deactivate') // true, false or undefined
 */
export function oneOfTwo<Name extends string>(
  options: { readonly [Key in Name]: boolean },
  yes: Name,
  no: Name,
): boolean | undefined {
  if (options[yes] && options[no])
    throw new CliError({
      message: `--${kebab(yes)} and --${kebab(no)} exclude each other`,
      reason: 'Both were given.',
      hint: 'Nothing was changed. Give one of them.',
      code: 'usage',
      exitCode: EXIT.validation,
    });
  return options[yes] ? true : options[no] ? false : undefined;
}
