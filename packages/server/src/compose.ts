import type { Settings } from './config/settings.js';
import { createClientKeys } from './platform/client-keys/client-keys.js';
import { isPublicAddress, withinNetworks } from './platform/client-keys/public-address.js';
import { createRemoteKeys } from './platform/client-keys/remote-keys.js';
import { safeFetch } from './platform/client-keys/safe-fetch.js';
import { createHashing } from './platform/hashing.js';
import { type MaintenanceTask, startMaintenance } from './platform/maintenance.js';
import { createMetrics, type Metrics } from './platform/metrics/metrics.js';
import { oneTimeCodes } from './platform/one-time-codes.js';
import { createPasswordHasher } from './platform/password-hasher.js';
import { createSecretBox } from './platform/secret-box.js';
import type { KeyPair } from './platform/signing/key-pair.js';
import { createFirstKeys, createSigner, type OwnedSigner } from './platform/signing/signer.js';
import { systemClock } from './platform/system-clock.js';
import { systemRandom } from './platform/system-random.js';
import { createTurns } from './platform/turns.js';
import type { AuditTrail } from './ports/audit.js';
import type { Clock } from './ports/clock.js';
import type { Context } from './ports/context.js';
import type { Random } from './ports/random.js';
import type { RateLimiter } from './ports/rate-limiter.js';
import type { Store } from './ports/store/store.js';
import { createPostgresAuditLog } from './storage/postgres/audit-log.js';
import { createDirectory } from './storage/postgres/directory.js';
import { startListener } from './storage/postgres/listener.js';
import { alone } from './storage/postgres/operations/alone.js';
import { liveCounts } from './storage/postgres/operations/live-counts.js';
import { observedPool } from './storage/postgres/operations/observed-pool.js';
import { createPool } from './storage/postgres/pool.js';
import { createPostgresRateLimiter } from './storage/postgres/rate-limiter.js';
import { createPostgresStore } from './storage/postgres/store.js';

/** Part of a pino logger. */
export interface ComposeLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ComposeOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: ComposeLogger;
  readonly version?: string;
  /** Made beforehand, because RSA keys take a moment; used only when the database has none. */
  readonly firstKeys?: () => Promise<readonly KeyPair[]>;
  /** In a worker: asks the primary for the metrics of all workers. */
  readonly clusterMetrics?: () => Promise<string>;
}

/** A server without its HTTP side. */
export interface Composed {
  readonly context: Context;
  readonly audit: AuditTrail;
  readonly metrics: Metrics;
  /** The database's version when it answers; throws when it does not. */
  ping(): Promise<string>;
  /** The connections of this process to the database. */
  pool(): { readonly open: number; readonly idle: number; readonly waiting: number; readonly max: number };
  /** Starts what runs on its own: removing what has expired, replacing keys. */
  startMaintenance(): void;
  /** Finishes what was accepted, then lets go of everything. */
  close(): Promise<void>;
}

/** The only place where ports meet their implementations. The schema must be up to date. */
export async function compose(settings: Settings, options: ComposeOptions = {}): Promise<Composed> {
  const { clock = systemClock, random = systemRandom, logger = SILENT } = options;
  const connectionString = required(settings, 'database.url');
  const box = createSecretBox(required(settings, 'secrets.jwt_secret_key'), random);

  const connections = createPool({ connectionString, settings, logger });
  const metrics = createMetrics({
    version: options.version ?? '',
    environment: settings.mode,
    clock,
    sources: {
      pool: () => {
        const { open, idle } = connections.stats();
        return { active: open - idle, idle };
      },
      counts: () => liveCounts(pool, clock.now()),
    },
    clusterText: options.clusterMetrics,
  });
  const pool = observedPool(connections, metrics.query);
  const database = createPostgresStore(pool, { clock, onChange: (table) => invalidate(table) });
  const audit = createPostgresAuditLog({ pool, clock });
  const databaseLimiter = createPostgresRateLimiter({ pool, clock });
  const { store, limiter, closeRedis } = await withRedis(settings, { database, databaseLimiter, clock, logger });
  const signer = createSigner({
    store: store.signingKeys,
    box,
    clock,
    settings,
    onFault: (err) => logger.warn({ err }, 'the signing keys could not be read again'),
  });
  const listener = startListener({
    connectionString,
    reconnectSeconds: settings['database.reconnect'],
    logger,
    onChange: (table) => invalidate(table),
    onListening: () => invalidate(),
  });
  const directory = createDirectory({ store, clock, isListening: () => listener.isListening() });

  function invalidate(table?: string): void {
    directory.invalidate(table);
    if (table === undefined || table === 'signing_keys') signer.invalidate();
  }

  const context: Context = {
    settings,
    clock,
    random,
    hashing: createHashing(required(settings, 'secrets.jwt_refresh_secret_key')),
    box,
    signer: timedSigner(signer, metrics.signed),
    clientKeys: composeClientKeys(settings, clock, logger),
    passwords: createPasswordHasher({ maxQueue: settings['passwords.max_queue'], random }),
    oneTimeCodes,
    limiter,
    turns: createTurns(1),
    audit,
    events: metrics.events,
    directory,
    store,
  };

  let maintenance: ReturnType<typeof startMaintenance> | undefined;
  async function close(): Promise<void> {
    await maintenance?.stop();
    await listener.close();
    await Promise.all([audit.flush(), databaseLimiter.flush()]);
    await database.close();
    await closeRedis();
  }

  try {
    await signer.start(options.firstKeys ?? createFirstKeys);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    context,
    audit,
    metrics,
    ping: () => database.ping(),
    pool: () => pool.stats(),
    startMaintenance() {
      maintenance ??= startMaintenance(maintenanceTasks(context, signer), {
        alone: (name, work) => alone(pool, name, work),
        onFault: (err, task) => logger.error({ err, task }, 'maintenance failed'),
      });
    },
    close,
  };
}

const SILENT: ComposeLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

const MINUTE_MS = 60_000;

function maintenanceTasks(context: Context, signer: OwnedSigner): MaintenanceTask[] {
  return [
    {
      name: 'sweep',
      everyMs: 5 * MINUTE_MS,
      atStart: true,
      run: () => context.store.accessTokens.sweep(context.clock.now()),
    },
    { name: 'rotate-keys', everyMs: 10 * MINUTE_MS, run: () => signer.rotateDue() },
  ];
}

function composeClientKeys(settings: Settings, clock: Clock, logger: ComposeLogger): Context['clientKeys'] {
  const isOpened = withinNetworks(settings['outbound.networks']);
  const isAllowedAddress = (address: string): boolean => isPublicAddress(address) || isOpened(address);
  return createClientKeys(
    createRemoteKeys(clock, (uri) => safeFetch(uri, { isAllowedAddress })),
    (err) => logger.warn({ err }, "a client's keys could not be fetched"),
  );
}

/** Redis in front of the database for limits and single-use marks, where there is one. The database stays the judge. */
async function withRedis(
  settings: Settings,
  needs: {
    readonly database: Store;
    readonly databaseLimiter: RateLimiter;
    readonly clock: Clock;
    readonly logger: ComposeLogger;
  },
): Promise<{ readonly store: Store; readonly limiter: RateLimiter; closeRedis(): Promise<void> }> {
  const { database, databaseLimiter, clock, logger } = needs;
  const url = settings['redis.url'];
  if (url === undefined) return { store: database, limiter: databaseLimiter, closeRedis: async () => undefined };
  // Most servers have no Redis; they need not load its client.
  const [{ connectRedis }, { createBreaker }, { createRedisRateLimiter }, { createRedisReplayStore }] =
    await Promise.all([
      import('./storage/redis/connection.js'),
      import('./storage/redis/breaker.js'),
      import('./storage/redis/rate-limiter.js'),
      import('./storage/redis/replays.js'),
    ]);
  const connection = connectRedis({ url, logger });
  const redis = connection.client;
  const breaker = createBreaker({ redis, clock, logger });
  return {
    store: { ...database, replays: createRedisReplayStore({ redis, breaker, database: database.replays }) },
    limiter: createRedisRateLimiter({ redis, breaker, clock, fallback: databaseLimiter }),
    closeRedis: () => connection.close(),
  };
}

function timedSigner(signer: OwnedSigner, signed: Metrics['signed']): Context['signer'] {
  return {
    ...signer,
    async sign(request) {
      const startedAt = performance.now();
      const jwt = await signer.sign(request);
      signed(request.type, (performance.now() - startedAt) / 1000);
      return jwt;
    },
  };
}

/** Configuration is checked before; this is for callers that compose by hand. */
function required(
  settings: Settings,
  name: 'database.url' | 'secrets.jwt_secret_key' | 'secrets.jwt_refresh_secret_key',
): string {
  const value = settings[name];
  if (value === undefined) throw new Error(`compose needs the setting ${name}`);
  return value;
}
