import type { Context } from '../context.js';
import type { Argument, Option, Values } from './option.js';
import type { SharedOptionName } from './shared-options.js';

/** What a command is: its words, what it takes, and what it does. */

/** A block of help below the options: `Examples:`, `Security Notes:`. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

type OptionSet = Readonly<Record<string, Option<unknown>>>;
type ArgumentSet = Readonly<Record<string, Argument<unknown>>>;

export interface CommandParts<Options extends OptionSet, Arguments extends ArgumentSet> {
  readonly name: string;
  /** One sentence, shown in lists. */
  readonly summary: string;
  /** Further lines, shown in the command's own help below the summary. */
  readonly description?: readonly string[];
  readonly arguments?: Arguments;
  readonly options?: Options;
  /** Options with one meaning everywhere, accepted before and after the command's name. */
  readonly shared?: readonly SharedOptionName[];
  readonly sections?: readonly Section[];
  /** Answers the exit code; nothing means success. */
  readonly run: (
    given: { readonly options: Values<Options>; readonly args: Values<Arguments> },
    context: Context,
  ) => Promise<number | void>;
}

/** A command whose option types are forgotten: what the program keeps in its tree. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly description: readonly string[];
  readonly arguments: ArgumentSet;
  readonly options: OptionSet;
  readonly shared: readonly SharedOptionName[];
  readonly sections: readonly Section[];
  readonly run: (given: Given, context: Context) => Promise<number | void>;
}

/** The parsed values, by option name; the parser guarantees that they have the declared types. */
export interface Given {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A command with commands below it. */
export interface Group {
  readonly name: string;
  readonly summary: string;
  readonly description?: readonly string[];
  readonly sections?: readonly Section[];
  readonly commands: readonly (Command | Group)[];
}

/** What is below the name of a group: loaded when the group is named. */
export type Branch = Omit<Group, 'name' | 'summary'>;

/** Declares a command; the types of its options reach `run`. */
export function defineCommand<const Options extends OptionSet = {}, const Arguments extends ArgumentSet = {}>(
  parts: CommandParts<Options, Arguments>,
): Command {
  const { run } = parts;
  return {
    name: parts.name,
    summary: parts.summary,
    description: parts.description ?? [],
    arguments: parts.arguments ?? {},
    options: parts.options ?? {},
    shared: parts.shared ?? [],
    sections: parts.sections ?? [],
    // The parser made the values from these very declarations.
    run: (given, context) => run(given as Parameters<typeof run>[0], context),
  };
}

export function isGroup(node: Command | Group): node is Group {
  return 'commands' in node;
}
