import type { Mode, SettingDeclaration } from '../../packages/server/src/config/setting.ts';
import { SETTINGS } from '../../packages/server/src/config/settings.ts';

/** The page about every setting, from the table that the server reads them with. */
export function files(): Record<string, string> {
  return {
    'docs/reference/configuration.md': `${[...HEAD, ...Object.entries(SECTIONS).flatMap(section)].join('\n')}\n`,
  };
}

const HEAD = [
  '# Configuration',
  '',
  'Generated from `packages/server/src/config/settings.ts` by `npm run docs`.',
  '',
  'A setting is an environment variable or a key of `authly.toml`. What comes first in this list wins:',
  '',
  '1. a flag of `authly serve`: `--host`, `--port`, `--workers`, `--data-dir`, `--log-level`, `--access-log`;',
  '2. its environment variable, and of several the first;',
  '3. for a secret, the file that `<VARIABLE>_FILE` names;',
  '4. `authly.toml`: the file that `--config` or `AUTHLY_CONFIG` names, else `./authly.toml`, else the one in `AUTHLY_HOME`',
  '   (`~/.authly`). The dot in a name is a table: `tokens.access_lifetime` is `access_lifetime` under `[tokens]`;',
  '5. the default of the mode, then the default.',
  '',
  'The server refuses to start on unknown keys in the file, misspelt variables and bad values, and in production on missing,',
  'weak, known or equal secrets. It names everything that is wrong at once. A variable that is set to nothing counts as not',
  'set. Times are in seconds, or have a unit: `90`, `15m`, `12h`, `7d`. `AUTHLY_STANDALONE=true` brings the defaults of the',
  'embedded mode.',
  '',
];

/** First part of the name → title. A setting without a dot is about the server. */
const SECTIONS: Readonly<Record<string, string>> = {
  '': 'Server',
  database: 'Database',
  redis: 'Redis',
  mail: 'Mail',
  secrets: 'Secrets',
  tokens: 'Tokens',
  authorization: 'Authorization requests',
  dpop: 'Proofs of possession (DPoP)',
  keys: 'Signing keys',
  password_grant: 'Password grant',
  challenge_endpoint: 'Authorization challenge endpoint',
  introspection: 'Introspection',
  resources: 'Resources',
  clients: 'Clients that no administrator made',
  admin: 'Admin API',
  metrics: 'Metrics',
  tracing: 'Traces',
  registration: 'Registration',
  cors: 'Browsers',
  outbound: 'Outbound requests',
  password_change: 'Password change',
  sessions: 'Browser sessions',
  login: 'Login limits',
  audit: 'The audit log',
  lockout: 'Lockout',
  passwords: 'Passwords',
  bootstrap: 'First start',
  log: 'Log',
  theme: 'Appearance',
};

const SETTING_LIST: readonly [string, SettingDeclaration<unknown>][] = Object.entries(SETTINGS);

function section([prefix, title]: [string, string]): string[] {
  const unknown = SETTING_LIST.find(([name]) => !Object.hasOwn(SECTIONS, prefixOf(name)));
  if (unknown !== undefined) throw new Error(`${unknown[0]} has no section in tools/reference/configuration.ts`);
  const members = SETTING_LIST.filter(([name]) => prefixOf(name) === prefix);
  return [
    `## ${title}`,
    '',
    '| Setting | Variable | Value | Default | Meaning |',
    '|---|---|---|---|---|',
    ...members.map(([name, declaration]) => `| ${row(name, declaration).join(' | ')} |`),
    '',
  ];
}

function prefixOf(name: string): string {
  return name.includes('.') ? (name.split('.')[0] ?? '') : '';
}

function row(name: string, declaration: SettingDeclaration<unknown>): string[] {
  const variables = [...declaration.env, ...(declaration.alsoFrom ?? []).map(({ env }) => env)];
  return [
    `\`${name}\``,
    variables.map((variable) => `\`${variable}\``).join(', '),
    [kindOf(declaration), declaration.secret === true ? 'secret' : ''].filter(Boolean).join('; '),
    defaultOf(declaration),
    declaration.doc.replaceAll('|', '\\|'),
  ];
}

function kindOf({ type, min, max }: SettingDeclaration<unknown>): string {
  if (typeof type === 'object') return type.oneOf.map((choice) => `\`${choice}\``).join(', ');
  const range = min === undefined || max === undefined ? '' : ` ${min}–${max}`;
  const names = {
    text: 'text',
    flag: '`true`, `false`',
    integer: 'number',
    seconds: 'seconds',
    url: 'URL',
    list: 'list, separated by commas',
  } as const satisfies Record<typeof type, string>;
  return `${names[type]}${range}`;
}

function defaultOf(declaration: SettingDeclaration<unknown>): string {
  const byMode = Object.entries(declaration.defaultIn ?? {}) as [Mode, unknown][];
  const required = (declaration.requiredIn ?? []).map((mode) => `required in ${mode}`);
  const special = byMode.map(([mode, value]) => `${mode} ${shown(value)}`);
  const usual = declaration.default === undefined ? [] : [shown(declaration.default)];
  return [...usual, ...special, ...required].join('; ') || 'none';
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `\`${value.join(',')}\``;
  return `\`${String(value)}\``;
}
