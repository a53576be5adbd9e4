/** The connections of one worker to PostgreSQL, bounded in number and in time. */
import { Client, type ClientConfig, Pool as Connections, type PoolClient } from 'pg';
import type { Settings } from '../../config/settings.js';
import { DatabaseUnavailableError } from '../../ports/store/unavailable.js';
import type { StorageLogger } from '../logger.js';
import { isQueueTimeout, isReadOnly, isUnavailable } from './connection/failures.js';
import { chooseHost, databaseHosts } from './connection/hosts.js';
import { keepOpen } from './connection/keep-open.js';
import { parsers } from './connection/parsers.js';
import { prepareSession } from './connection/session.js';
import { type Statement, skipPreparing } from './sql.js';

export type PoolSettings = Pick<
  Settings,
  | 'database.pool_min'
  | 'database.pool_max'
  | 'database.timeout'
  | 'database.max_idle'
  | 'database.reconnect'
  | 'database.pooler_mode'
>;

export interface PoolOptions {
  readonly connectionString: string;
  readonly settings: PoolSettings;
  readonly logger: StorageLogger;
  /** Told whenever the database was away, and when it answers again: it may be another one then, restored from a backup. */
  readonly onUnavailable?: () => void;
  readonly onRecovered?: () => void;
}

/** What runs statements: the pool, or one connection inside a transaction. */
export interface Queryable {
  query<Row extends object>(statement: Statement): Promise<readonly Row[]>;
  /** How many rows the statement changed. */
  count(statement: Statement): Promise<number>;
}

export interface Pool extends Queryable {
  /** Runs the work on one connection. */
  use<T>(work: (connection: Queryable) => Promise<T>): Promise<T>;
  stats(): PoolStats;
  /** Ends when every connection has been given back. */
  close(): Promise<void>;
}

export interface PoolStats {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** Opens a pool. Connections are made in the background: a database that is away makes queries fail, not this call. */
export function createPool(options: PoolOptions): Pool {
  const { connectionString, settings, logger } = options;
  const hosts = databaseHosts(connectionString);
  const isSharedSession = settings['database.pooler_mode'] === 'transaction';
  const host = chooseHost(hosts);
  const timeoutMilliseconds = settings['database.timeout'] * 1000;
  const max = Math.max(settings['database.pool_max'], settings['database.pool_min']);
  // one host out of several must not use up the time that a request has
  const hostTimeout = host.count > 1 ? Math.min(timeoutMilliseconds, HOST_TIMEOUT) : timeoutMilliseconds;

  const open = new Set<Client>();
  let wasAway = false;

  function noteAway(): void {
    wasAway = true;
    options.onUnavailable?.();
  }

  function noteBack(): void {
    wasAway = false;
    options.onRecovered?.();
  }

  /** pg-pool makes its own clients; this one goes to the host that is the right one at that moment. */
  class HostClient extends Client {
    readonly hostIndex = host.current;
    constructor(config?: ClientConfig) {
      super({ ...config, ...host.config, connectionTimeoutMillis: hostTimeout });
      // a connection lost while a query runs is reported by the query; without a listener it would end the process
      this.on('error', () => undefined);
      open.add(this);
      this.once('end', () => open.delete(this));
    }
  }

  const connections = new Connections({
    Client: HostClient,
    application_name: 'authly',
    min: settings['database.pool_min'],
    max,
    connectionTimeoutMillis: timeoutMilliseconds,
    idleTimeoutMillis: settings['database.max_idle'] * 1000,
    // the server ends a statement in time; this catches a network that says nothing
    query_timeout: timeoutMilliseconds + 2000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: parsers,
    onConnect: (client) =>
      prepareSession(client, { timeoutMilliseconds, isSharedSession, mustTakeWrites: hosts.mustTakeWrites }),
  });
  connections.on('error', (error) => {
    noteAway();
    logger.warn({ err: error }, 'an idle database connection was lost');
  });
  const isCurrent = (client: PoolClient): boolean => client instanceof HostClient && client.hostIndex === host.current;

  async function acquire(): Promise<PoolClient> {
    for (let failures = 0; ; ) {
      const tried = host.current;
      try {
        const client = await connections.connect();
        if (isCurrent(client)) return client;
        // opened before the primary moved
        client.release(true);
      } catch (error) {
        failures += 1;
        if (isQueueTimeout(error)) throw new DatabaseUnavailableError(error, 1);
        host.failed(tried);
        if (failures >= host.count) throw new DatabaseUnavailableError(error);
      }
    }
  }

  async function use<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
    const client = await acquire();
    let broken = false;
    try {
      const result = await work(queryable(client, isSharedSession));
      if (wasAway) noteBack();
      return result;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      broken = true;
      noteAway();
      if (isReadOnly(error) && isCurrent(client)) host.failed(host.current);
      throw error instanceof DatabaseUnavailableError ? error : new DatabaseUnavailableError(error);
    } finally {
      client.release(broken);
    }
  }

  const minimum = keepOpen(connections, {
    minimum: settings['database.pool_min'],
    pauseSeconds: settings['database.reconnect'],
    acquire,
  });
  return {
    use,
    query: (statement) => use((connection) => connection.query(statement)),
    count: (statement) => use((connection) => connection.count(statement)),
    stats: () => ({
      open: connections.totalCount,
      idle: connections.idleCount,
      waiting: connections.waitingCount,
      max,
    }),
    close: async () => {
      minimum.stop();
      await connections.end();
      // the pool forgets connections before they are closed; a database that is stopped next would cut them off
      await Promise.all([...open].map((client) => new Promise<void>((resolve) => client.once('end', resolve))));
    },
  };
}

const HOST_TIMEOUT = 5000;

/** A session that others use as well forgets prepared statements: there each statement goes without a name, in one message. */
function queryable(client: PoolClient, isSharedSession: boolean): Queryable {
  const ready = (statement: Statement): Statement => (isSharedSession ? skipPreparing(statement) : statement);
  return {
    query: async <Row extends object>(statement: Statement) => (await client.query<Row>(ready(statement))).rows,
    count: async (statement) => (await client.query(ready(statement))).rowCount ?? 0,
  };
}
