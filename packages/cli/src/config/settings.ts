/** The settings of the command line, each declared once: where it can come from, what it is when it comes from nowhere. */

export interface Setting<Value> {
  readonly flag?: string;
  /** The first one that is set wins. */
  readonly env: readonly string[];
  /** `section.key` of config.toml. */
  readonly file: string;
  readonly default: Value;
  readonly description: string;
  /** The value, or what is wrong with what was given. */
  readonly parse: (given: unknown) => { readonly value: Value } | { readonly problem: string };
}

export const settings = {
  apiUrl: {
    flag: '--api-url',
    env: ['AUTHLY_ADMIN_API_URL', 'AUTHLY_API_URL'],
    file: 'api.url',
    default: 'http://localhost:8000',
    description: 'Address of the server',
    parse: address,
  },
  timeout: {
    flag: '--timeout',
    env: ['AUTHLY_API_TIMEOUT'],
    file: 'api.timeout',
    default: 30,
    description: 'Seconds to wait for the server',
    parse: positiveNumber,
  },
  autoRefresh: {
    env: ['AUTHLY_AUTO_REFRESH'],
    file: 'auth.auto_refresh',
    default: true,
    description: 'Refresh tokens before they expire',
    parse: boolean,
  },
  tokenFile: {
    env: ['AUTHLY_TOKEN_FILE'],
    file: 'auth.token_file',
    default: '~/.authly/tokens.json',
    description: 'Where tokens are kept',
    parse: nonEmptyText,
  },
  storage: {
    env: ['AUTHLY_STORAGE'],
    file: 'auth.storage',
    default: 'auto',
    description: 'Where the key of the tokens is kept: auto, keyring, file or memory',
    parse: storageKind,
  },
  output: {
    flag: '--output',
    env: ['AUTHLY_OUTPUT'],
    file: 'output.default_format',
    default: 'table',
    description: 'Output format: table or json',
    parse: outputFormat,
  },
  showTimestamps: {
    env: ['AUTHLY_SHOW_TIMESTAMPS'],
    file: 'output.show_timestamps',
    default: true,
    description: 'Show when things were created in lists',
    parse: boolean,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

type ValueOf<Name extends SettingName> = Extract<
  ReturnType<(typeof settings)[Name]['parse']>,
  { value: unknown }
>['value'];

/** Every setting with its value. */
export type Settings = { readonly [Name in SettingName]: ValueOf<Name> };

type Parsed<Value> = { readonly value: Value } | { readonly problem: string };

function address(given: unknown): Parsed<string> {
  if (typeof given !== 'string' || !URL.canParse(given))
    return { problem: 'must be an address such as https://auth.example.com' };
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { problem: 'must begin with http:// or https://' };
  if (url.username !== '' || url.password !== '') return { problem: 'must not contain a user name or password' };
  if (url.search !== '' || url.hash !== '') return { problem: 'must not contain "?" or "#"' };
  return { value: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}

function positiveNumber(given: unknown): Parsed<number> {
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0 || value > 86_400)
    return { problem: 'must be a number of seconds above 0, a day at most' };
  return { value };
}

function boolean(given: unknown): Parsed<boolean> {
  if (typeof given === 'boolean') return { value: given };
  const word = typeof given === 'string' ? given.trim().toLowerCase() : '';
  if (['true', '1', 'yes', 'on'].includes(word)) return { value: true };
  if (['false', '0', 'no', 'off'].includes(word)) return { value: false };
  return { problem: 'must be true or false' };
}

function nonEmptyText(given: unknown): Parsed<string> {
  return typeof given === 'string' && given.trim() !== '' ? { value: given } : { problem: 'must be a path' };
}

function outputFormat(given: unknown): Parsed<'table' | 'json'> {
  return given === 'table' || given === 'json' ? { value: given } : { problem: 'must be "table" or "json"' };
}

function storageKind(given: unknown): Parsed<'auto' | 'keyring' | 'file' | 'memory'> {
  const known = (['auto', 'keyring', 'file', 'memory'] as const).find((kind) => kind === given);
  return known ? { value: known } : { problem: 'must be auto, keyring, file or memory' };
}
