/** What a command takes, declared once: parsing, help, completion, man page and the type of the parsed values come from it. */

/** One option. `Value` is what the command gets. */
export interface Option<Value> {
  readonly kind: 'text' | 'texts' | 'integer' | 'flag' | 'switch' | 'choice';
  readonly description: string;
  /** Shown for the value: `TEXT`. */
  readonly placeholder: string;
  readonly short?: string;
  readonly required?: true;
  /** The name of an option that says the same, so that this one is not required beside it. */
  readonly unless?: string;
  /** Required only where what else was given asks for it. */
  readonly neededWith?: (given: Readonly<Record<string, unknown>>) => boolean;
  /** Another spelling that is accepted: `--reactivate` for `--activate`. */
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** For integers. */
  readonly min?: number;
  /** Said in the help; what it is when not given is the command's business. */
  readonly default?: string;
  /** It has a second form, `--no-…`. */
  readonly on?: true;
  /** A flag that exists only as `--no-…`. */
  readonly negative?: true;
  /** An empty value is accepted and clears: `--logo-uri ""`. Every text takes it; a choice and an integer where this says so. */
  readonly clears?: true;
  readonly completes?: Completes;
  /** Never set; it carries the type. */
  readonly value?: Value;
}

/** What a completion offers: names that the server knows, logins that this computer knows, or files. */
export type Completes = 'client' | 'scope' | 'user' | 'profile' | 'file';

export interface OptionDetails {
  readonly short?: string;
  readonly alias?: string;
  readonly placeholder?: string;
  readonly default?: string;
  readonly completes?: Completes;
  readonly neededWith?: (given: Readonly<Record<string, unknown>>) => boolean;
}

/** `--name TEXT` */
export function text(description: string, details?: OptionDetails & { required?: false }): Option<string | undefined>;
export function text(description: string, details: OptionDetails & { required: true }): Option<string>;
export function text(
  description: string,
  details: OptionDetails & { required?: boolean } = {},
): Option<string | undefined> {
  return { kind: 'text', description, placeholder: 'TEXT', ...declareDetails(details) };
}

/** `--scope TEXT`, as often as wanted; nothing given is an empty array. */
export function texts(
  description: string,
  details: OptionDetails & { required?: boolean } = {},
): Option<readonly string[]> {
  return { kind: 'texts', description, placeholder: 'TEXT', ...declareDetails(details) };
}

/** `--limit INTEGER` */
export function integer(
  description: string,
  details: OptionDetails & { min?: number } = {},
): Option<number | undefined> {
  return { kind: 'integer', description, placeholder: 'INTEGER', min: details.min ?? 0, ...declareDetails(details) };
}

/** `--default` */
export function flag(description: string, details: OptionDetails = {}): Option<boolean> {
  return { kind: 'flag', description, placeholder: '', ...declareDetails(details) };
}

/** `--first-party` and `--no-first-party`; `undefined` when neither is given. */
export function toggle(description: string, details: OptionDetails = {}): Option<boolean | undefined> {
  return { kind: 'switch', description, placeholder: '', on: true, ...declareDetails(details) };
}

/** `--no-browser`: true when it is given. */
export function negativeFlag(description: string): Option<boolean> {
  return { kind: 'flag', description, placeholder: '', negative: true };
}

/** `--type [public|confidential]` */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details: OptionDetails & { required: true; unless: string },
): Option<Choice | undefined>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details: OptionDetails & { required: true; unless?: undefined },
): Option<Choice>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details?: OptionDetails & { required?: false },
): Option<Choice | undefined>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details: OptionDetails & { required?: boolean; unless?: string | undefined } = {},
): Option<Choice | undefined> {
  return { kind: 'choice', description, choices, placeholder: `[${choices.join('|')}]`, ...declareDetails(details) };
}

/** One positional argument. */
export interface Argument<Value> {
  readonly description: string;
  readonly required: boolean;
  readonly variadic?: true;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  /** Never set; it carries the type. */
  readonly value?: Value;
}

/** `CLIENT_ID` */
export function argument(description: string, details: { completes?: Completes } = {}): Argument<string> {
  return { description, required: true, ...details };
}

/** `[NAME]` */
export function optionalArgument(
  description: string,
  details: { completes?: Completes } = {},
): Argument<string | undefined> {
  return { description, required: false, ...details };
}

/** `COMMAND...`: everything from here on, untouched. */
export function restArgument(description: string): Argument<readonly string[]> {
  return { description, required: true, variadic: true };
}

/** `[ARGS...]`: everything from here on, untouched; perhaps nothing. */
export function optionalRestArgument(description: string): Argument<readonly string[]> {
  return { description, required: false, variadic: true };
}

/** The values of a set of options or arguments. */
export type Values<Declared extends Readonly<Record<string, Option<unknown> | Argument<unknown>>>> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> | Argument<infer Value> ? Value : never;
};

/** `redirectUri` → `redirect-uri` */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function declareDetails({ required, ...details }: OptionDetails & { required?: boolean }) {
  return { ...details, ...(required ? { required: true as const } : {}) };
}
