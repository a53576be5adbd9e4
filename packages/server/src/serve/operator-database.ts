import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { authlyHome } from '../config/config-file.js';
import type { Environment } from '../config/environment.js';
import { readConfiguration } from '../config/read.js';
import type { Settings } from '../config/settings.js';
import { keptSecrets } from './secrets-file.js';
import { StartError } from './start-error.js';

export interface OperatorOptions {
  /** Without it and without DATABASE_URL: the database of `serve --embedded`, whether it runs or not. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  /** Path of authly.toml. */
  readonly config?: string;
}

export interface OperatorDatabase {
  readonly connectionString: string;
  /** Secrets are there where they are known. */
  readonly settings: Settings;
}

/** For commands that work on the database itself, without the help of a server, beside it or while it is down. */
export async function withOperatorDatabase<T>(
  options: OperatorOptions,
  environment: Environment,
  work: (database: OperatorDatabase) => Promise<T>,
): Promise<T> {
  // Read as for an embedded server, which needs nothing to be set: whoever is in trouble may have no more than the database.
  const { settings } = await readConfiguration({
    environment,
    embedded: 'always',
    flags: { 'database.url': options.databaseUrl, data_dir: options.dataDir },
    configFile: options.config,
  });
  const usable = {
    ...settings,
    issuer: settings.issuer ?? '',
    'mail.smtp_url': settings.issuer && settings['mail.smtp_url'],
  };
  const url = options.dataDir === undefined || options.databaseUrl !== undefined ? settings['database.url'] : undefined;
  return url === undefined
    ? await withEmbedded(settings.data_dir ?? join(authlyHome(environment), 'data'), usable, work)
    : // Whoever names a database means that one.
      await work({ connectionString: options.databaseUrl ?? settings['database.direct_url'] ?? url, settings: usable });
}

async function withEmbedded<T>(
  dataDirectory: string,
  settings: Settings,
  work: (database: OperatorDatabase) => Promise<T>,
): Promise<T> {
  if (!existsSync(join(dataDirectory, 'postgres'))) {
    throw new StartError(
      `There is no database in ${dataDirectory}.`,
      'Neither does DATABASE_URL name one.',
      'Set DATABASE_URL as the server has it, or name its data directory with --data-dir.',
    );
  }
  const secrets = await keptSecrets(dataDirectory);
  const whole: Settings = {
    ...settings,
    'secrets.jwt_secret_key': settings['secrets.jwt_secret_key'] ?? secrets.jwt_secret_key,
    'secrets.jwt_refresh_secret_key': settings['secrets.jwt_refresh_secret_key'] ?? secrets.jwt_refresh_secret_key,
  };
  const { findRunningPostgres } = await import('../platform/embedded-postgres/running-postgres.js');
  const running = await findRunningPostgres(dataDirectory);
  if (running !== undefined) return await work({ connectionString: running, settings: whole });
  const { startEmbeddedPostgres } = await import('../platform/embedded-postgres/embedded-postgres.js');
  const postgres = await startEmbeddedPostgres({ dataDirectory, logger: QUIET });
  try {
    return await work({ connectionString: postgres.connectionString, settings: whole });
  } finally {
    await postgres.stop();
  }
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
