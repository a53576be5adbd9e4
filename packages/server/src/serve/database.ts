import type { EmbeddedPostgres } from '../platform/embedded-postgres/embedded-postgres.js';
import type { ServerLog } from '../platform/log/log.js';
import type { Cleanup, StopReason } from './drain.js';
import type { Plan } from './plan.js';

/** How the database is reached. */
export interface OpenDatabase {
  readonly connectionString: string;
  /** The same database as its superuser, where it is our own. */
  readonly asSuperuser?: string;
}

/** Says how the database is reached, which is started first when it is our own. */
export async function openDatabase(
  plan: Plan,
  needs: {
    readonly log: ServerLog;
    readonly cleanup: Cleanup;
    readonly stop: (reason: StopReason) => void;
    /** Called while the database comes up. */
    readonly onRunning: () => unknown;
  },
): Promise<OpenDatabase> {
  const given = plan.settings['database.url'];
  if (!plan.embedded && given !== undefined) return { connectionString: given };
  const { logger } = needs.log;
  const { startEmbeddedPostgres } = await import('../platform/embedded-postgres/embedded-postgres.js');
  const postgres = await startEmbeddedPostgres({
    dataDirectory: plan.dataDirectory,
    ephemeral: plan.ephemeral,
    onRunning: needs.onRunning,
    settings: { max_connections: Math.max(100, connectionsOf(plan)) },
    logger: {
      debug: (fields, message) => logger.debug(fields, message),
      // Part of a start that succeeds: the banner says enough.
      info: (fields, message) => logger.debug(fields, message),
      warn: (fields, message) => logger.warn(fields, message),
      error: (fields, message) => logger.error(fields, message),
    },
  });
  const watch = watchPostgres(postgres, needs.stop);
  needs.cleanup.add('embedded PostgreSQL', async () => {
    watch.end();
    await postgres.stop();
  });
  return { connectionString: postgres.connectionString, asSuperuser: postgres.superuserConnectionString };
}

/** Connections for a full pool and a listener of every worker, and some for the operator's own tools. */
function connectionsOf({ settings }: Plan): number {
  return settings.workers * (settings['database.pool_max'] + 1) + 20;
}

/** Without its database the server is of no use: whoever started it should start both again. */
function watchPostgres(postgres: EmbeddedPostgres, stop: (reason: StopReason) => void): { end(): void } {
  let isWatching = true;
  async function watch(): Promise<void> {
    const error = await postgres.exited;
    if (isWatching) stop({ exitCode: 1, cause: 'embedded PostgreSQL ended', error });
  }
  void watch();
  return {
    end() {
      isWatching = false;
    },
  };
}
