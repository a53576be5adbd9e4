/** How a setting is declared: once, here; types, checks, --help and the reference page come from the declaration. */

/** What kind of thing the value is; the reader turns the text of the environment into it. */
export type SettingType =
  | 'text'
  | 'flag'
  | 'integer'
  | 'seconds'
  | 'url'
  | 'list'
  | { readonly oneOf: readonly string[] };

/** The mode that the server runs in decides some defaults. @see resolveMode */
export type Mode = 'production' | 'embedded' | 'cli' | 'testing';

export interface SettingDeclaration<Value> {
  /** Environment variables that set it, the documented one first. */
  readonly env: readonly string[];
  readonly type: SettingType;
  /** Variables from older versions that say the same in another unit. */
  readonly alsoFrom?: readonly { readonly env: string; readonly factor: number }[];
  /** Other spellings of a value of `oneOf`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** `undefined`: optional, or required where `requiredIn` says so. */
  readonly default: Value;
  /** Where a mode has a default of its own. */
  readonly defaultIn?: Partial<Record<Mode, Value>>;
  readonly requiredIn?: readonly Mode[];
  /** Also read from the file that `<NAME>_FILE` names; never printed. */
  readonly secret?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Says what is wrong with a value of the right type. */
  check?(value: NonNullable<Value>): string | undefined;
  /** One or two sentences for the reference page. */
  readonly doc: string;
}

/** Declares a setting and fixes the type of its value. */
export function setting<Value>(declaration: SettingDeclaration<Value>): SettingDeclaration<Value> {
  return declaration;
}
