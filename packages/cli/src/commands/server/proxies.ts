import type { CompanionFacts, RunningCompanion } from '@authly/server';

/** Few callers at once are enough to try things, and their roles are made in a moment. */
const SLOTS = 8;
const DEFAULT_PORT = 5433;

/** The database proxies beside a server with a PostgreSQL of its own. */
export async function startProxies(
  facts: CompanionFacts,
  options: { readonly postgresProxyPort: number | undefined },
): Promise<RunningCompanion> {
  const { setUp, startPostgresProxy } = await import('@authly/db-proxy');
  await setUp({ databaseUrl: facts.setupUrl, secret: facts.secret, slots: SLOTS, schemas: ['public'] });
  const postgres = await startPostgresProxy({
    ...facts,
    host: '127.0.0.1',
    port: options.postgresProxyPort ?? DEFAULT_PORT,
    slots: SLOTS,
    now: Date.now,
    print: (line) => void process.stderr.write(`${line}\n`),
  });
  return {
    lines: [['PostgreSQL', `psql -h 127.0.0.1 -p ${postgres.port} -U token, with an access token as the password`]],
    stop: () => postgres.stop(),
  };
}
