import { choice, flag, integer, type Option, text, negativeFlag } from './option.js';

/** Options that mean the same everywhere. They are accepted at every level: `authly admin --output json client list` works too. */
export const sharedOptions = {
  output: choice(['table', 'json'], 'Output format', { short: 'o', default: 'table' }),
  limit: integer('Number of entries to show', { min: 1 }),
  offset: integer('Pagination offset', { default: '0' }),
  showInactive: flag('Include inactive ones'),
  dryRun: flag('Show what would be sent, and send nothing'),
  confirm: flag('Do it without asking'),
  verbose: flag('Show detailed information', { short: 'v' }),
  profile: text('Login to use, as auth list shows it', { placeholder: 'NAME', completes: 'profile' }),
  apiUrl: text('Admin API URL', { placeholder: 'URL', default: 'auto-detect' }),
  timeout: integer('Seconds to wait for the server', { min: 1, default: '30' }),
  config: text('Configuration file', { placeholder: 'PATH', default: '~/.authly/config.toml', completes: 'file' }),
  noColor: negativeFlag('Print without colours'),
  noInput: negativeFlag('Never ask anything'),
} as const satisfies Record<string, Option<unknown>>;

export type SharedOptionName = keyof typeof sharedOptions;

/** What every admin command takes and lists: where the server is and how to talk. */
export const UNIVERSAL = [
  'profile',
  'apiUrl',
  'timeout',
  'config',
  'noColor',
  'noInput',
] as const satisfies readonly SharedOptionName[];

/** What every admin command takes, listed only where it makes a difference, so that a script may add it anywhere. */
export const TOLERATED = ['output', 'dryRun', 'confirm', 'verbose'] as const satisfies readonly SharedOptionName[];

/** The shared options as given; what was not given is absent. */
export interface SharedValues {
  readonly output?: 'table' | 'json';
  readonly limit?: number;
  readonly offset?: number;
  readonly showInactive?: boolean;
  readonly dryRun?: boolean;
  readonly confirm?: boolean;
  readonly verbose?: boolean;
  readonly apiUrl?: string;
  readonly profile?: string;
  readonly timeout?: number;
  readonly config?: string;
  readonly noColor?: boolean;
  readonly noInput?: boolean;
}
