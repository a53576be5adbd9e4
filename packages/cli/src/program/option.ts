/** What a command takes, declared once: parsing, help, completion, man page and the type of the parsed values come from it. */

/** One option. `Value` is what the command gets. */
export interface Option<Value> {
  readonly kind: 'text' | 'texts' | 'integer' | 'flag' | 'choice';
  readonly description: string;
  /** Shown for the value: `TEXT`. */
  readonly placeholder: string;
  readonly short?: string;
  readonly required?: true;
  /** Another spelling that is accepted: `--reactivate` for `--activate`. */
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** For integers. */
  readonly min?: number;
  /** Said in the help; what it is when not given is the command's business. */
  readonly default?: string;
  /** A flag that is on unless `--no-…` is given. */
  readonly on?: true;
  /** A flag that exists only as `--no-…`. */
  readonly negative?: true;
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
}

/** `--name TEXT` */
export function text(description: string, details?: OptionDetails & { required?: false }): Option<string | undefined>;
export function text(description: string, details: OptionDetails & { required: true }): Option<string>;
export function text(
  description: string,
  details: OptionDetails & { required?: boolean } = {},
): Option<string | undefined> {
  return { kind: 'text', description, placeholder: 'TEXT', ...declared(details) };
}

/** `--scope TEXT`, as often as wanted; nothing given is an empty array. */
export function texts(
  description: string,
  details: OptionDetails & { required?: boolean } = {},
): Option<readonly string[]> {
  return { kind: 'texts', description, placeholder: 'TEXT', ...declared(details) };
}

/** `--limit INTEGER` */
export function integer(
  description: string,
  details: OptionDetails & { min?: number } = {},
): Option<number | undefined> {
  return { kind: 'integer', description, placeholder: 'INTEGER', min: details.min ?? 0, ...declared(details) };
}

/** `--default` */
export function flag(description: string, details: OptionDetails = {}): Option<boolean> {
  return { kind: 'flag', description, placeholder: '', ...declared(details) };
}

/** `--access-log` and `--no-access-log`; on when neither is given. */
export function toggle(description: string, details: OptionDetails = {}): Option<boolean> {
  return { kind: 'flag', description, placeholder: '', on: true, ...declared(details) };
}

/** `--no-pkce`: true when it is given. */
export function without(description: string): Option<boolean> {
  return { kind: 'flag', description, placeholder: '', negative: true };
}

/** `--type [public|confidential]` */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details: OptionDetails & { required: true },
): Option<Choice>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details?: OptionDetails & { required?: false },
): Option<Choice | undefined>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  description: string,
  details: OptionDetails & { required?: boolean } = {},
): Option<Choice | undefined> {
  return { kind: 'choice', description, choices, placeholder: `[${choices.join('|')}]`, ...declared(details) };
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
export function rest(description: string): Argument<readonly string[]> {
  return { description, required: true, variadic: true };
}

/** The values of a set of options or arguments. */
export type Values<Declared extends Readonly<Record<string, Option<unknown> | Argument<unknown>>>> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> | Argument<infer Value> ? Value : never;
};

/** `redirectUri` → `redirect-uri` */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function declared({ required, ...details }: OptionDetails & { required?: boolean }) {
  return { ...details, ...(required ? { required: true as const } : {}) };
}
