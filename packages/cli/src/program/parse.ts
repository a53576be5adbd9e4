import { Command as Parser, CommanderError, InvalidArgumentError, Option as ParserOption } from 'commander';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import { type Command, type Given, type Group, isGroup } from './command.js';
import { type Path, understoodBy } from './help.js';
import { kebab, type Option } from './option.js';
import { type SharedOptionName, type SharedValues, sharedOptions } from './shared-options.js';

/** What somebody asked for. */
export type Request =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly path: Path;
      readonly given: Given;
      readonly shared: SharedValues;
    }
  | { readonly kind: 'help'; readonly node: Command | Group; readonly path: Path }
  | { readonly kind: 'version' | 'commands' | 'install-completion' };

/**
 * Reads the words after `authly`.
 * @throws CliError, exit code 5, when they do not fit the tree.
 */
export function parseRequest(tree: Group, words: readonly string[]): Request {
  if (words.length === 1 && /^-[vV]$/.test(words[0] ?? '')) return { kind: 'version' };
  const found: { request?: Request } = {};
  const emit: Emit = (request) => {
    // Whoever asks for help gets it, whatever else stands on the line.
    if (request.kind === 'help' && words.some((word) => word === '--help' || word === '-h')) found.request = request;
    found.request ??= request;
  };
  const parser = parserOf(tree, [tree.name], { words, emit });
  for (const kind of ['version', 'commands', 'install-completion'] as const) {
    parser.addOption(new ParserOption(`--${kind}`)).on(`option:${kind}`, () => {
      found.request ??= { kind };
    });
  }
  try {
    parser.parse([...words], { from: 'user' });
  } catch (error) {
    if (found.request) return found.request;
    if (error instanceof CommanderError) throw usageError(error, placeOf(tree, words));
    throw error;
  }
  return found.request ?? { kind: 'help', node: tree, path: [tree.name] };
}

type Emit = (request: Request) => void;

interface Building {
  readonly words: readonly string[];
  readonly emit: Emit;
}

function parserOf(node: Command | Group, path: Path, building: Building): Parser {
  const parser = new Parser(node.name)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .helpOption('-h, --help')
    .showSuggestionAfterError(true);
  parser.helpInformation = () => {
    building.emit({ kind: 'help', node, path });
    return '';
  };
  return isGroup(node) ? groupParser(parser, node, path, building) : commandParser(parser, node, path, building);
}

function groupParser(parser: Parser, group: Group, path: Path, building: Building): Parser {
  // Below this level an option belongs to the level where it stands; the levels are merged when the command runs.
  parser.enablePositionalOptions();
  for (const [name, option] of Object.entries(sharedOptions)) addOption(parser, name, option);
  for (const child of group.commands) {
    // A command whose name was not said cannot be run; its name alone is enough to suggest it.
    const said = building.words.includes(child.name);
    parser.addCommand(said ? parserOf(child, [...path, child.name], building) : new Parser(child.name));
  }
  return parser;
}

function commandParser(parser: Parser, command: Command, path: Path, { emit }: Building): Parser {
  for (const [name, option] of Object.entries(command.options)) addOption(parser, name, option);
  const allowed = understoodBy(command, path);
  for (const name of allowed) addOption(parser, name, sharedOptions[name]);
  const declared = Object.entries(command.arguments);
  for (const [name, argument] of declared)
    parser.argument(
      `${argument.required ? '<' : '['}${name}${argument.variadic ? '...' : ''}${argument.required ? '>' : ']'}`,
    );
  if (declared.some(([, argument]) => argument.variadic)) parser.passThroughOptions();
  parser.allowExcessArguments(false);
  return parser.action(() => {
    const values = parser.opts<Record<string, unknown>>();
    const args = Object.fromEntries(declared.map(([name], index) => [name, parser.processedArgs[index] as unknown]));
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, option]) => [name, valueOf(name, option, values)]),
    );
    emit({ kind: 'run', command, path, given: { options, args }, shared: sharedValues(parser, allowed, path) });
  });
}

function addOption(parser: Parser, name: string, option: Option<unknown>): void {
  const value = option.placeholder === '' ? '' : ` <${option.placeholder.replace(/[[\]]/g, '')}>`;
  const flags = `${option.short ? `-${option.short}, ` : ''}--${kebab(name)}${value}`;
  const add = (spelling: string) => {
    const added = new ParserOption(spelling);
    if (option.choices) added.choices(option.choices);
    if (option.kind === 'integer') added.argParser((given: string) => wholeNumber(given, option.min ?? 0));
    if (option.clears) refuseUnclearable(added);
    if (option.kind === 'texts') added.argParser((given: string, before: readonly string[] = []) => [...before, given]);
    parser.addOption(added);
  };
  add(flags);
  if (option.on) parser.addOption(new ParserOption(`--no-${kebab(name)}`));
  if (option.alias) add(`--${option.alias}${value}`);
}

// Whatever else the option takes, an empty value is one more.
function refuseUnclearable(added: ParserOption): void {
  const { parseArg } = added;
  added.argParser((given: string, before: unknown) => (given === '' || !parseArg ? given : parseArg(given, before)));
}

function valueOf(name: string, option: Option<unknown>, values: Readonly<Record<string, unknown>>): unknown {
  // commander keeps `--no-browser` as browser: false.
  if (option.negative) return values[uncapitalize(name.slice(2))] === false;
  const given = values[name] ?? (option.alias === undefined ? undefined : values[camel(option.alias)]);
  if (option.kind === 'texts') return given ?? [];
  if (option.kind === 'flag') return given ?? false;
  return given;
}

// Where the same option is given at several levels, the one nearest to the command wins.
function sharedValues(parser: Parser, allowed: readonly SharedOptionName[], path: Path): SharedValues {
  const merged: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(sharedOptions)) {
    const understood = allowed.includes(name as SharedOptionName);
    // Below a command that does not share it, an option of the same name is the command's own.
    const levels = ancestry(understood ? parser : parser.parent);
    const given = levels.map((level) => givenAt(level, name, option)).find((value) => value !== undefined);
    if (given === undefined) continue;
    if (!understood) throw meaninglessOption(name, path);
    merged[name] = given;
  }
  return merged;
}

function ancestry(parser: Parser | null): readonly Parser[] {
  return parser ? [parser, ...ancestry(parser.parent)] : [];
}

function meaninglessOption(name: string, path: Path): CliError {
  return new CliError({
    message: `--${kebab(name)} means nothing here`,
    reason: `${path.join(' ')} does not take it.`,
    hint: `Leave it away, or see: ${path.join(' ')} --help`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}

function givenAt(level: Parser, name: string, option: Option<unknown>): unknown {
  const attribute = option.negative ? uncapitalize(name.slice(2)) : name;
  if (level.getOptionValueSource(attribute) !== 'cli') return undefined;
  return option.negative ? level.getOptionValue(attribute) === false : (level.getOptionValue(attribute) as unknown);
}

function usageError(error: CommanderError, place: Path): CliError {
  const [first = '', ...others] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = others.join(' ').replace(/[()]/g, '').trim();
  return new CliError({
    message: first.charAt(0).toUpperCase() + first.slice(1).replace(/\.$/, ''),
    reason: suggestion || 'The command line was not understood; nothing was done.',
    hint: `See: ${place.join(' ')} --help`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}

// As far as the words lead, whatever stands between them.
function placeOf(tree: Group, words: readonly string[]): Path {
  let node: Command | Group = tree;
  const path = [tree.name];
  for (const word of words) {
    const child: Command | Group | undefined = isGroup(node)
      ? node.commands.find(({ name }) => name === word)
      : undefined;
    if (!child) continue;
    node = child;
    path.push(word);
  }
  return path;
}

function wholeNumber(given: string, min: number): number {
  const value = Number(given);
  if (!/^-?\d+$/.test(given) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number.');
  if (value < min) throw new InvalidArgumentError(`It must be at least ${min}.`);
  return value;
}

function uncapitalize(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
