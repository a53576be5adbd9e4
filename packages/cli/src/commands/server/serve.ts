import { defineCommand } from '../../program/command.js';
import { flag, integer, text, toggle } from '../../program/option.js';

export const serve = defineCommand({
  name: 'serve',
  summary: 'Start the Authly web service.',
  options: {
    host: text('Host to bind to', { default: '127.0.0.1' }),
    port: integer('Port to bind to', { default: '8000' }),
    workers: integer('Number of worker processes', { min: 1, default: '1' }),
    embedded: flag('Run with an embedded PostgreSQL server'),
    seed: flag('Seed test data (only with --embedded)'),
    ephemeral: flag('Start empty, and forget all data at the end (implies --embedded)'),
    proxies: flag('Let psql log in with access tokens, beside the server (only with --embedded)'),
    postgresProxyPort: integer('Port for psql and PostgreSQL drivers, with --proxies', { default: '5433' }),
    dataDir: text('Where the embedded server keeps its data', {
      placeholder: 'PATH',
      default: '~/.authly/data',
      completes: 'file',
    }),
    config: text('Configuration file of the server', { placeholder: 'PATH', completes: 'file' }),
    logLevel: text('Logging level', { default: 'info' }),
    accessLog: toggle('Enable/disable access logging', { default: 'enabled' }),
  },
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Production server',
        '$ authly serve --host 0.0.0.0 --port 8000',
        '',
        '# Development with embedded database',
        '$ authly serve --embedded',
        '',
        '# Development with embedded database and test data',
        '$ authly serve --embedded --seed',
        '',
        '# Development with a database that takes access tokens as passwords',
        '$ authly serve --embedded --seed --proxies',
        '',
        '# Multi-worker production',
        '$ authly serve --workers 4',
        '',
        '# Custom logging',
        '$ authly serve --log-level debug --no-access-log',
      ],
    },
    {
      title: 'Environment Variables',
      lines: [
        'DATABASE_URL             PostgreSQL connection, needed without --embedded',
        'JWT_SECRET_KEY           Secret of the server, needed without --embedded',
        'JWT_REFRESH_SECRET_KEY   Second secret, needed without --embedded',
        'AUTHLY_ADMIN_API_ENABLED false switches the admin API off',
      ],
    },
  ],
  async run({ options }) {
    const server = await import('@authly/server');
    const { startProxies } = await import('./proxies.js');
    await server.serve(options, (facts) => startProxies(facts, options));
  },
});
