import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Recovery, RecoveryRequest } from '../admin/users/recover-administrator.js';
import { authlyHome } from '../config/config-file.js';
import type { Environment } from '../config/environment.js';
import { readConfiguration } from '../config/read.js';
import type { Settings } from '../config/settings.js';
import { StartError } from './start-error.js';
import { keptSecrets } from './secrets-file.js';

export interface RecoverOptions extends RecoveryRequest {
  /** Without it and without DATABASE_URL: the database of `serve --embedded`, whether it runs or not. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  /** Path of authly.toml. */
  readonly config?: string;
}

/** Lets an administrator in again who is locked out, without the help of a server: works on its database, beside it or while it is down. */
export async function recoverIn(options: RecoverOptions, environment: Environment): Promise<Recovery> {
  // Read as for an embedded server, which needs nothing to be set: whoever is locked out may have no more than the database.
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
    ? await recoverEmbedded(settings.data_dir ?? join(authlyHome(environment), 'data'), options, usable)
    : await recoverAt(url, options, usable);
}

async function recoverEmbedded(dataDirectory: string, options: RecoverOptions, settings: Settings): Promise<Recovery> {
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
  if (running !== undefined) return await recoverAt(running, options, whole);
  const { startEmbeddedPostgres } = await import('../platform/embedded-postgres/embedded-postgres.js');
  const postgres = await startEmbeddedPostgres({ dataDirectory, logger: QUIET });
  try {
    return await recoverAt(postgres.connectionString, options, whole);
  } finally {
    await postgres.stop();
  }
}

async function recoverAt(connectionString: string, request: RecoveryRequest, settings: Settings): Promise<Recovery> {
  const [{ composeRecovery }, { recoverAdministrator }, schema] = await Promise.all([
    import('../compose-recovery.js'),
    import('../admin/users/recover-administrator.js'),
    import('../storage/postgres/migrate.js'),
  ]);
  if ((await schema.pendingMigrations({ connectionString })).length > 0) {
    throw new StartError(
      'The database has no tables of this version of Authly.',
      'It is empty, another one, or older than this command.',
      'Check DATABASE_URL; an older one is brought up to date by authly migrate, or by a start of the server.',
    );
  }
  const { context, close } = await composeRecovery(settings, { connectionString, logger: QUIET });
  try {
    return await recoverAdministrator(request, context);
  } finally {
    await close();
  }
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
