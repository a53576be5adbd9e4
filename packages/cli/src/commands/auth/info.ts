import { settings } from '../../config/settings.js';
import { modeOf } from '../../config/mode.js';
import type { Context } from '../../context.js';
import { type Field, fieldLines } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import type { SessionState } from '../../session/session.js';
import { safeJson } from '../../terminal/plain-text.js';
import { utc } from '../../terminal/time.js';
import { version } from '../../version.js';
import { stateJson } from '../../session/state-json.js';

export const info = defineCommand({
  name: 'info',
  summary: 'Show Authly configuration and internal information.',
  description: ['Shows every path, every setting, and where each value came from. Asks no server.'],
  shared: ['output'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin auth info', '$ authly admin auth info --output json'] },
    EXIT_CODES,
  ],
  async run(_given, context) {
    const state = await context.session.state();
    if (context.output === 'json') return context.terminal.print(safeJson(infoJson(state, context)));
    const { terminal } = context;
    terminal.print(terminal.color.bold('Authly Configuration Information'));
    terminal.print('='.repeat(50));
    for (const line of fieldLines(paths(state, context))) terminal.print(line);
    for (const [title, fields] of blocks(state, context)) {
      terminal.print();
      terminal.print(`${title}:`);
      for (const line of fieldLines(fields, '  ')) terminal.print(line);
    }
  },
});

const SERVER_VARIABLES = ['DATABASE_URL', 'JWT_SECRET_KEY', 'JWT_REFRESH_SECRET_KEY'] as const;

function paths({ storage }: SessionState, { config }: Context): readonly Field[] {
  return [
    ['Configuration directory', config.home],
    ['Token file', storage.path],
    ['Token file exists', storage.exists ? 'True' : 'False'],
  ];
}

function blocks(state: SessionState, context: Context): readonly (readonly [string, readonly Field[]])[] {
  const { config } = context;
  return [
    [
      'API Configuration',
      [
        ['API URL', config.values.apiUrl],
        ['Admin API enabled', adminApiEnabled(config.env)],
      ],
    ],
    [
      'Environment',
      [
        ['AUTHLY_MODE', modeOf(config.env) ?? `${config.env['AUTHLY_MODE']} (unknown)`],
        // On the computer of somebody who only administers a server they mean nothing, and are not there.
        ...SERVER_VARIABLES.filter((name) => config.env[name]).map((name): Field => [name, 'set']),
      ],
    ],
    ['Version Information', [['Authly version', version]]],
    [
      'Authentication Status',
      [
        ['Status', state.authenticated ? 'Authenticated' : 'Not authenticated'],
        ['Username', state.username],
        ['Token expires', state.authenticated && state.expiresAt ? utc(state.expiresAt) : undefined],
        ['Credential from', state.source],
        ['Token storage', `${state.storage.backend}${state.storage.encrypted ? ', encrypted' : ''}`],
      ],
    ],
    ['Settings', settingFields(context)],
    ...(state.warnings.length > 0
      ? [['Warnings', state.warnings.map((text, index): Field => [String(index + 1), text])] as const]
      : []),
  ];
}

function settingFields({ config }: Context): readonly Field[] {
  const names = Object.keys(settings) as (keyof typeof settings)[];
  return [
    ['Configuration file', `${config.file.path}${config.file.exists ? '' : ' (not there)'}`],
    ...names.map(
      (name): Field => [settings[name].file, `${String(config.values[name])} (from ${config.sources[name]})`],
    ),
  ];
}

function infoJson(state: SessionState, context: Context): Record<string, unknown> {
  const { config } = context;
  const names = Object.keys(settings) as (keyof typeof settings)[];
  return {
    version,
    config_dir: config.home,
    config_file: { path: config.file.path, exists: config.file.exists },
    token_file: { path: state.storage.path, exists: state.storage.exists },
    api_url: config.values.apiUrl,
    admin_api_enabled: adminApiEnabled(config.env) === 'true',
    environment: {
      AUTHLY_MODE: modeOf(config.env) ?? null,
      ...Object.fromEntries(SERVER_VARIABLES.map((name) => [name, isSet(config.env[name])])),
    },
    settings: Object.fromEntries(
      names.map((name) => [settings[name].file, { value: config.values[name], source: config.sources[name] }]),
    ),
    auth: stateJson(state, context),
  };
}

function isSet(value: string | undefined): string {
  return value ? 'set' : 'not set';
}

function adminApiEnabled(env: NodeJS.ProcessEnv): string {
  return (env['AUTHLY_ADMIN_API_ENABLED'] ?? 'true').toLowerCase() === 'false' ? 'false' : 'true';
}
