import type { Reply } from '@authly/admin-api/client';
import { MODES, modeOf } from '../config/mode.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../errors/exit-code.js';
import { type Field, fieldLines } from '../output.js';
import { defineCommand } from '../program/command.js';
import { EXIT_CODES } from '../program/help.js';
import { oneLine, safeJson } from '../terminal/plain-text.js';
import { duration, utc } from '../terminal/time.js';

export const showStatus = defineCommand({
  name: 'status',
  summary: 'Show system status and configuration.',
  shared: ['output', 'verbose'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Basic status',
        '$ authly admin status',
        '',
        '# Verbose status with details',
        '$ authly admin status --verbose',
        '',
        '# JSON output for monitoring',
        '$ authly admin status --output json',
      ],
    },
    EXIT_CODES,
  ],
  async run(_given, context): Promise<ExitCode> {
    const { data } = await context.api.getStatus();
    const code = data.status === 'operational' ? EXIT.ok : EXIT.network;
    if (context.output === 'json') {
      context.terminal.print(safeJson({ ...data, api_url: context.config.values.apiUrl }));
      return code;
    }
    printStatus(data, context);
    return code;
  },
});

type Status = Reply<'getStatus'>;

function printStatus(status: Status, context: Context): void {
  const { terminal } = context;
  const healthy = status.status === 'operational';
  terminal.print(terminal.color.bold('Authly System Status'));
  terminal.print();
  terminal.print(`${healthy ? '🟢' : '🔴'} System Health: ${healthy ? 'Healthy' : 'Degraded'}`);
  terminal.print(`📊 Version: ${oneLine(status.version)}`);
  terminal.print(`⏱️  Uptime: ${duration(status.uptime_seconds)}`);
  for (const [title, fields] of blocks(status, context)) {
    terminal.print();
    terminal.print(`${title}:`);
    for (const line of fieldLines(fields, '  ')) terminal.print(line);
  }
  terminal.print();
  terminal.print(`Last Updated: ${utc(status.timestamp)}`);
}

function blocks(status: Status, context: Context): readonly (readonly [string, readonly Field[]])[] {
  const { database, statistics, admin_api: adminApi } = status;
  const limit = adminApi.rate_limit;
  const perMinute = Math.round((limit.max_requests * 60) / limit.window_seconds);
  return [
    [
      'Database',
      database.connected
        ? pool(database)
        : [
            ['Status', 'Disconnected'],
            ['Error', database.error],
          ],
    ],
    [
      'OAuth Metrics',
      [
        ['Active Clients', statistics.active_clients],
        ['Total Scopes', statistics.oauth_scopes],
        ['Active Tokens', statistics.active_tokens],
      ],
    ],
    [
      'Admin API',
      [
        ['Status', 'Enabled'],
        ['URL', context.config.values.apiUrl],
        ['Rate Limit', `${perMinute} requests/minute`],
      ],
    ],
    ...(context.shared.verbose ? details(status, context) : []),
  ];
}

function pool({ pool: { size, active } }: Extract<Status['database'], { connected: true }>): readonly Field[] {
  return [
    ['Status', 'Connected'],
    ['Pool Size', size],
    ['Active Connections', active],
  ];
}

function details(status: Status, { config }: Context): readonly (readonly [string, readonly Field[]])[] {
  const { configuration, database } = status;
  const mode = modeOf(config.env) ?? 'production';
  return [
    [
      'Server Configuration',
      [
        ['Mode', status.mode],
        ['Issuer', configuration.issuer],
        ['API Prefix', configuration.api_prefix],
        ['Token Algorithm', configuration.jwt_algorithm],
        ['Access Token Lifetime', `${configuration.access_token_expiry_minutes} minutes`],
        ['Refresh Token Lifetime', `${configuration.refresh_token_expiry_days} days`],
        ['Admin API From', status.admin_api.localhost_only ? 'this computer only' : 'anywhere'],
        ...(database.connected
          ? ([
              ['Database Version', database.version],
              ['Pool Limit', database.pool.max],
              ['Waiting For A Connection', database.pool.waiting],
            ] as const)
          : []),
      ],
    ],
    [
      'Command Line',
      [
        ['Resource Mode', mode],
        ['Pool Of That Mode', MODES[mode].pool],
        ['Server Address From', config.sources.apiUrl],
        ...ENVIRONMENT.map((name): Field => [name, config.env[name] ? 'set' : 'not set']),
      ],
    ],
  ];
}

const ENVIRONMENT = [
  'AUTHLY_MODE',
  'DATABASE_URL',
  'JWT_SECRET_KEY',
  'JWT_REFRESH_SECRET_KEY',
  'AUTHLY_ADMIN_API_ENABLED',
  'AUTHLY_ADMIN_API_URL',
  'AUTHLY_LOG_LEVEL',
] as const;
