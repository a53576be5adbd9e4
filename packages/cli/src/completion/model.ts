import { type Command, type Group, isGroup } from '../program/command.js';
import { type Path, sharedOptionsOf } from '../program/help.js';
import { type Completes, kebab, type Option } from '../program/option.js';
import { sharedOptions } from '../program/shared-options.js';

/** What can be typed at each place of the command tree, for the generators of the shells' scripts. */

export interface CompletedOption {
  /** `--output` */
  readonly name: string;
  /** `-o` */
  readonly short: string | undefined;
  readonly summary: string;
  /** `nothing` follows it, or `text`, or a `file`, or one of these words, or a name of this kind. */
  readonly takes: 'nothing' | 'text' | 'file' | readonly string[] | { readonly names: NameKind };
}

/** Names that `authly __complete` looks up. */
export type NameKind = Exclude<Completes, 'file'>;

export interface Place {
  /** `authly admin client` */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly CompletedOption[];
  /** The words that its first argument may be. */
  readonly words: readonly string[];
  /** The kind of name that its first argument is. */
  readonly names: NameKind | undefined;
}

/** Every place, parents before children. */
export function places(node: Command | Group, path: Path = [node.name]): readonly Place[] {
  const here: Place = {
    path: path.join(' '),
    commands: isGroup(node) ? node.commands.map(({ name, summary }) => ({ name, summary })) : [],
    options: [...(isGroup(node) ? rootOptions(path) : optionsOf(node, path)), HELP],
    words: isGroup(node) ? [] : Object.values(node.arguments).flatMap(({ choices }) => choices ?? []),
    names: isGroup(node) ? undefined : nameKind(Object.values(node.arguments)[0]?.completes),
  };
  return [here, ...(isGroup(node) ? node.commands.flatMap((child) => places(child, [...path, child.name])) : [])];
}

/** Every option that is followed by a value, in any command. */
export function valueOptions(all: readonly Place[]): readonly string[] {
  const names = all
    .flatMap(({ options }) => options)
    .filter(({ takes }) => takes !== 'nothing')
    .flatMap(({ name, short }) => [name, ...(short ? [short] : [])]);
  return [...new Set(names)].sort();
}

const HELP: CompletedOption = {
  name: '--help',
  short: undefined,
  summary: 'Show this message and exit',
  takes: 'nothing',
};

function rootOptions(path: Path): readonly CompletedOption[] {
  if (path.length > 1) return [];
  return [
    { name: '--version', short: undefined, summary: 'Show version and exit', takes: 'nothing' },
    { name: '--commands', short: undefined, summary: 'Show all commands and options in a tree view', takes: 'nothing' },
    { name: '--install-completion', short: undefined, summary: 'Install completion for your shell', takes: 'nothing' },
  ];
}

function optionsOf(command: Command, path: Path): readonly CompletedOption[] {
  const shared = sharedOptionsOf(command, path).map((name): [string, Option<unknown>] => [name, sharedOptions[name]]);
  return [...Object.entries(command.options), ...shared].flatMap(([name, option]) => spellings(name, option));
}

function spellings(name: string, option: Option<unknown>): readonly CompletedOption[] {
  const summary = option.description;
  const plain: CompletedOption = {
    name: `--${kebab(name)}`,
    short: option.short && `-${option.short}`,
    summary,
    takes: takenBy(option),
  };
  return option.on ? [plain, { ...plain, name: `--no-${kebab(name)}`, short: undefined }] : [plain];
}

function takenBy(option: Option<unknown>): CompletedOption['takes'] {
  if (option.choices) return option.choices;
  if (option.kind === 'flag' || option.kind === 'switch') return 'nothing';
  if (option.completes === 'file') return 'file';
  const names = nameKind(option.completes);
  return names === undefined ? 'text' : { names };
}

function nameKind(completes: Completes | undefined): NameKind | undefined {
  return completes === 'file' ? undefined : completes;
}
