import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import { ask } from '../terminal/prompt.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Command, Given } from './command.js';
import type { Path } from './help.js';
import { kebab, type Option } from './option.js';

/**
 * The options with those that a command cannot do without: asked for where somebody is there, else refused, all at once.
 * @throws CliError, exit code 5, that names every one that is missing.
 */
export async function withRequired(
  given: Given,
  { command, path, terminal }: { readonly command: Command; readonly path: Path; readonly terminal: Terminal },
): Promise<Given> {
  const missing = Object.entries(command.options).filter(([name, option]) => isMissing(name, option, given.options));
  if (missing.length === 0) return given;
  if (!terminal.interactive) throw missingOptions(missing, path);
  const answers: [string, unknown][] = [];
  for (const [name, option] of missing) answers.push([name, await askFor(option, terminal)]);
  return { ...given, options: { ...given.options, ...Object.fromEntries(answers) } };
}

function isMissing(name: string, option: Option<unknown>, given: Given['options']): boolean {
  const value = given[name];
  if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return false;
  if (option.neededWith) return option.neededWith(given);
  return option.required === true && (option.unless === undefined || given[option.unless] === undefined);
}

async function askFor({ description, choices, kind }: Option<unknown>, terminal: Terminal): Promise<unknown> {
  const question = `${description.replace(/ \(.*$|;.*$/, '')}${choices ? ` (${choices.join(', ')})` : ''}: `;
  for (;;) {
    const answer = await ask(terminal, question);
    if (choices && !choices.includes(answer)) continue;
    return kind === 'texts' ? answer.split(/\s+/) : answer;
  }
}

function missingOptions(missing: readonly (readonly [string, Option<unknown>])[], path: Path): CliError {
  return new CliError({
    message: `Missing option${missing.length > 1 ? 's' : ''}: ${missing.map(([name]) => `--${kebab(name)}`).join(', ')}`,
    reason: `${path.join(' ')} needs ${missing.length > 1 ? 'them' : 'it'}; in a terminal it would ask.`,
    hint: `See: ${path.join(' ')} --help`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
