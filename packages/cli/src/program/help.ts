import { EXIT_MEANINGS } from '../errors/exit-code.js';
import { type Command, type Group, isGroup, type Section } from './command.js';
import { type Argument, kebab, type Option } from './option.js';
import { type SharedOptionName, sharedOptions, TOLERATED, UNIVERSAL } from './shared-options.js';

/** Help texts, made from the declarations. */

/** Where a command stands in the tree: `['authly', 'admin', 'client']`. */
export type Path = readonly string[];

/** The help of a command or a group. Ends with a line break. */
export function helpText(node: Command | Group, path: Path): string {
  const blocks = isGroup(node) ? groupBlocks(node, path) : commandBlocks(node, path);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** One line of an option list. */
export interface OptionLine {
  readonly flags: string;
  readonly description: string;
}

/** Every option of a command in the order in which help and reference list them. */
export function optionLines(command: Command, path: Path): readonly OptionLine[] {
  const own = Object.entries(command.options);
  const shared = sharedOf(command, path).map((name): [string, Option<unknown>] => [name, sharedOptions[name]]);
  return [...own, ...shared]
    .map(([name, option]) => ({ flags: flagsOf(name, option), description: descriptionOf(option) }))
    .concat({ flags: '--help', description: 'Show this message and exit.' });
}

/** The shared options that a command lists: its own choice, and below `admin` those that every command has. */
export function sharedOf(command: Command, path: Path): readonly SharedOptionName[] {
  return [...command.shared, ...(path[1] === 'admin' ? UNIVERSAL : [])];
}

/** The shared options that a command understands. */
export function understoodBy(command: Command, path: Path): readonly SharedOptionName[] {
  const listed = sharedOf(command, path);
  return path[1] === 'admin' ? [...new Set([...listed, ...TOLERATED])] : listed;
}

/** `CLIENT_ID`, `[NAME]`, `COMMAND...` */
export function argumentWords(command: Command): readonly string[] {
  return Object.entries(command.arguments).map(([name, argument]) => argumentWord(name, argument));
}

/** `--type [public|confidential]`, `-v, --verbose`, `--access-log / --no-access-log` */
export function flagsOf(name: string, option: Option<unknown>): string {
  const long = `--${kebab(name)}`;
  const both = option.on ? `${long} / --no-${kebab(name)}` : long;
  const value = option.placeholder === '' ? '' : ` ${option.placeholder}`;
  return `${option.short ? `-${option.short}, ` : ''}${both}${value}`;
}

/** The root's own options. */
export const ROOT_OPTIONS: readonly OptionLine[] = [
  { flags: '--version', description: 'Show version and exit' },
  { flags: '--commands', description: 'Show all available commands and options in a tree view' },
  { flags: '--install-completion', description: 'Install shell tab completion for your shell' },
  { flags: '--help', description: 'Show help message and exit' },
];

function groupBlocks(group: Group, path: Path): readonly (readonly string[])[] {
  const root = path.length === 1;
  return [
    [`Usage: ${path.join(' ')} ${root ? '[OPTIONS] COMMAND [ARGS]...' : 'COMMAND [ARGS]...'}`],
    indented([group.summary, ...spaced(group.description)]),
    ['Commands:', ...aligned(group.commands.map(({ name, summary }) => ({ flags: name, description: summary })))],
    ...sectionBlocks(group.sections ?? []),
    ['Options:', ...aligned(root ? ROOT_OPTIONS : [{ flags: '--help', description: 'Show this message and exit.' }])],
  ];
}

function commandBlocks(command: Command, path: Path): readonly (readonly string[])[] {
  const words = [...path, '[OPTIONS]', ...argumentWords(command)];
  const args = Object.entries(command.arguments).map(([name, argument]) => ({
    flags: argumentWord(name, argument),
    description: `${argument.description}${argument.required ? ' [required]' : ''}`,
  }));
  return [
    [`Usage: ${words.join(' ')}`],
    indented([command.summary, ...spaced(command.description)]),
    ...sectionBlocks(command.sections.filter(({ title }) => title === 'Examples')),
    ...(args.length > 0 ? [['Arguments:', ...aligned(args)]] : []),
    ['Options:', ...aligned(optionLines(command, path))],
    ...sectionBlocks(command.sections.filter(({ title }) => title !== 'Examples')),
  ];
}

/** The block that says what each exit code means. */
export const EXIT_CODES: Section = {
  title: 'Exit Codes',
  lines: EXIT_MEANINGS.map(([code, meaning]) => `${String(code).padEnd(4)}${meaning}`),
};

function descriptionOf(option: Option<unknown>): string {
  const fallback = option.default === undefined ? '' : ` (default: ${option.default})`;
  return `${option.description}${fallback}${option.required ? ' [required]' : ''}`;
}

function argumentWord(name: string, argument: Argument<unknown>): string {
  const word = kebab(name).replaceAll('-', '_').toUpperCase();
  if (argument.variadic) return `${word}...`;
  return argument.required ? word : `[${word}]`;
}

// Flags that are wider than the column stand on a line of their own.
function aligned(lines: readonly OptionLine[]): readonly string[] {
  const width = Math.min(30, Math.max(...lines.map(({ flags }) => flags.length)));
  return lines.flatMap(({ flags, description }) =>
    flags.length > width
      ? [`  ${flags}`, `${' '.repeat(width + 4)}${description}`]
      : [`  ${flags.padEnd(width)}  ${description}`],
  );
}

function sectionBlocks(sections: readonly Section[]): readonly (readonly string[])[] {
  return sections.map(({ title, lines }) => [`${title}:`, ...indented(lines)]);
}

function spaced(lines: readonly string[] = []): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
