import { EXIT_MEANINGS } from '../errors/exit-code.js';
import { wrap, wrapCommand } from '../terminal/wrap.js';
import { type Command, type Group, isGroup, type Section } from './command.js';
import { type Argument, kebab, type Option } from './option.js';
import { type SharedOptionName, sharedOptions, TOLERATED, UNIVERSAL } from './shared-options.js';

/** Help texts, made from the declarations. */

/** Where a command stands in the tree: `['authly', 'admin', 'client']`. */
export type Path = readonly string[];

/** The help of a command or a group, at most `columns` wide. Ends with a line break. */
export function helpText(node: Command | Group, path: Path, columns = 80): string {
  // Lines that run across a wide screen are hard to read.
  const width = Math.max(40, Math.min(columns, 100));
  const blocks = isGroup(node) ? groupBlocks(node, path, width) : commandBlocks(node, path, width);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** One line of an option list. */
export interface OptionLine {
  readonly flags: string;
  readonly description: string;
}

/** The options of a command in the order in which help and reference list them, without those that every admin command has. */
export function optionLines(command: Command): readonly OptionLine[] {
  const own = Object.entries(command.options);
  const shared = command.shared.map((name): [string, Option<unknown>] => [name, sharedOptions[name]]);
  return [...own, ...shared].map(([name, option]) => lineOf(name, option)).concat(HELP_OPTION);
}

/** What every command has that works with a login, told once. */
export const COMMON_OPTIONS: readonly OptionLine[] = UNIVERSAL.map((name) => lineOf(name, sharedOptions[name]));

/** Whether the commands below work with a login on this computer, and take the common options. */
export function hasCommonOptions(path: Path): boolean {
  return path[1] === 'admin' || path[1] === 'db';
}

/** Those of them that a command has. */
export function commonOptionsOf(path: Path): readonly OptionLine[] {
  return hasCommonOptions(path) ? COMMON_OPTIONS : [];
}

function lineOf(name: string, option: Option<unknown>): OptionLine {
  return { flags: flagsOf(name, option), description: descriptionOf(option) };
}

/** The shared options that a command has of its own, and below `admin` those that every command has. */
export function sharedOptionsOf(command: Command, path: Path): readonly SharedOptionName[] {
  return [...command.shared, ...(hasCommonOptions(path) ? UNIVERSAL : [])];
}

/** The shared options that a command understands. */
export function understoodBy(command: Command, path: Path): readonly SharedOptionName[] {
  const listed = sharedOptionsOf(command, path);
  return hasCommonOptions(path) ? [...new Set([...listed, ...TOLERATED])] : listed;
}

/** `CLIENT_ID`, `[NAME]`, `COMMAND...` */
export function argumentWords(command: Command): readonly string[] {
  return Object.entries(command.arguments).map(([name, argument]) => argumentWord(name, argument));
}

/** `--type [public|confidential]`, `-v, --verbose`, `--access-log / --no-access-log` */
export function flagsOf(name: string, option: Option<unknown>): string {
  const long = `--${kebab(name)}`;
  const both = option.on ? `${long} / --no-${kebab(name)}` : long;
  const placeholder = hasManyChoices(option) ? 'NAME' : option.placeholder;
  const value = placeholder === '' ? '' : ` ${placeholder}`;
  return `${option.short ? `-${option.short}, ` : ''}${both}${value}`;
}

const HELP_OPTION: OptionLine = { flags: '--help', description: 'Show this message and exit.' };

/** The root's own options. */
export const ROOT_OPTIONS: readonly OptionLine[] = [
  { flags: '--version', description: 'Show version and exit' },
  { flags: '--commands', description: 'Show all available commands and options in a tree view' },
  { flags: '--install-completion', description: 'Install shell tab completion for your shell' },
  { flags: '--help', description: 'Show help message and exit' },
];

function groupBlocks(group: Group, path: Path, width: number): readonly (readonly string[])[] {
  const root = path.length === 1;
  const commands = group.commands.map(({ name, summary }) => ({ flags: name, description: summary }));
  return [
    wrap(`Usage: ${path.join(' ')} ${root ? '[OPTIONS] COMMAND [ARGS]...' : 'COMMAND [ARGS]...'}`, width, '    '),
    prose([group.summary, ...addSpace(group.description)], width),
    ['Commands:', ...alignLines(commands, width)],
    ...sectionBlocks(group.sections ?? [], width),
    ['Options:', ...alignLines(root ? ROOT_OPTIONS : [HELP_OPTION], width)],
    ...(path.join(' ') === 'authly admin'
      ? [['Common Options, of every command below:', ...alignLines(COMMON_OPTIONS, width)]]
      : []),
  ];
}

function commandBlocks(command: Command, path: Path, width: number): readonly (readonly string[])[] {
  const words = [...path, '[OPTIONS]', ...argumentWords(command)];
  const args = Object.entries(command.arguments).map(([name, argument]) => ({
    flags: argumentWord(name, argument),
    description: `${argument.description}${argument.required ? ' [required]' : ''}`,
  }));
  const common = hasCommonOptions(path)
    ? [prose(['Common options (--profile, --api-url, --no-input, …): authly admin --help'], width)]
    : [];
  return [
    wrap(`Usage: ${words.join(' ')}`, width, '    '),
    prose([command.summary, ...addSpace(command.description)], width),
    ...sectionBlocks(
      command.sections.filter(({ title }) => title === 'Examples'),
      width,
    ),
    ...(args.length > 0 ? [['Arguments:', ...alignLines(args, width)]] : []),
    ['Options:', ...alignLines(optionLines(command), width)],
    ...common,
    ...sectionBlocks(
      command.sections.filter(({ title }) => title !== 'Examples'),
      width,
    ),
  ];
}

/** The block that says what each exit code means. */
export const EXIT_CODES: Section = {
  title: 'Exit Codes',
  lines: EXIT_MEANINGS.map(([code, meaning]) => `${String(code).padEnd(4)}${meaning}`),
};

/** So many that they are no word of a line any more; the description lists them. */
function hasManyChoices({ choices = [] }: Option<unknown>): boolean {
  return choices.join('|').length > 60;
}

function descriptionOf(option: Option<unknown>): string {
  const fallback = option.default === undefined ? '' : ` (default: ${option.default})`;
  const choices = hasManyChoices(option) ? `: ${option.choices?.join(', ')}` : '';
  return `${option.description}${choices}${fallback}${option.required ? ' [required]' : ''}`;
}

function argumentWord(name: string, argument: Argument<unknown>): string {
  const word = kebab(name).replaceAll('-', '_').toUpperCase();
  const words = argument.variadic ? `${word}...` : word;
  return argument.required ? words : `[${words}]`;
}

// Flags that are wider than the column stand on a line of their own.
function alignLines(lines: readonly OptionLine[], width: number): readonly string[] {
  const column = Math.min(width < 60 ? 12 : 28, Math.max(...lines.map(({ flags }) => flags.length)));
  const indent = ' '.repeat(column + 4);
  return lines.flatMap(({ flags, description }) => {
    const [first = '', ...others] = wrap(description, width - indent.length);
    const beside = flags.length <= column;
    return [
      ...(beside
        ? [`  ${flags.padEnd(column)}  ${first}`]
        : [...wrap(`  ${flags}`, width, '      '), `${indent}${first}`]),
      ...others.map((line) => `${indent}${line}`),
    ];
  });
}

function sectionBlocks(sections: readonly Section[], width: number): readonly (readonly string[])[] {
  return sections.map(({ title, lines }) => [`${title}:`, ...lines.flatMap((line) => sectionLine(line, width))]);
}

function sectionLine(line: string, width: number): readonly string[] {
  if (line === '') return [''];
  if (line.startsWith('$ ')) return wrapCommand(`  ${line}`, width, '      ');
  // What stands in a column of its own goes on below it.
  const [, column = ''] = /^(\S+ {2,}|- )/.exec(line) ?? [];
  return wrap(`  ${line}`, width, `  ${' '.repeat(column.length)}`);
}

function prose(lines: readonly string[], width: number): readonly string[] {
  return lines.flatMap((line) => (line === '' ? [''] : wrap(`  ${line}`, width, '  ')));
}

function addSpace(lines: readonly string[] = []): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}
