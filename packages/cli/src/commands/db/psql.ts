import { defineCommand } from '../../program/command.js';
import { optionalRestArgument } from '../../program/option.js';
import { tokensWith } from './need-scope.js';
import { placeOfProxy, proxyOptions } from './proxy-options.js';
import { runClient } from './run-client.js';

const DEFAULT_PORT = 5433;

export const dbPsql = defineCommand({
  name: 'psql',
  summary: 'Start psql through the PostgreSQL proxy, logged in as you.',
  description: [
    'psql gets no password: its connections go through a socket that only you can open, and each of them is logged in with a token that is fresh. ' +
      'So "\\c" and a lost connection log in anew, and a session outlasts the token that it began with. Log in with the scopes first: ' +
      'authly admin auth login --scope database:read',
  ],
  arguments: { psql: optionalRestArgument('Arguments of psql, after --') },
  options: proxyOptions(DEFAULT_PORT),
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly db psql', "$ authly db psql -- -c 'select count(*) from users'"],
    },
  ],
  async run({ options, args }, { session, config }) {
    const [{ mkdtemp, rm }, { tmpdir }, { join }, { forwardPostgres }] = await Promise.all([
      import('node:fs/promises'),
      import('node:os'),
      import('node:path'),
      import('@authly/db-proxy'),
    ]);
    const token = await tokensWith(session, 'database:read', 'database:write');
    // Only this person can enter the folder that mkdtemp makes.
    const folder = await mkdtemp(join(tmpdir(), 'authly-psql-'));
    const forwarder = await forwardPostgres({
      proxy: await placeOfProxy(options, DEFAULT_PORT),
      listen: { path: join(folder, '.s.PGSQL.5432') },
      token,
    });
    try {
      return await runClient('psql', args.psql, {
        ...withoutServer(config.env),
        PGHOST: folder,
        PGPORT: '5432',
        PGUSER: 'token',
      });
    } finally {
      await forwarder.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

/** What would lead psql past the socket. */
function withoutServer(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const names = new Set(['PGHOSTADDR', 'PGPASSWORD', 'PGSERVICE', 'PGREQUIREAUTH', 'PGCHANNELBINDING', 'PGSSLMODE']);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.has(name)));
}
