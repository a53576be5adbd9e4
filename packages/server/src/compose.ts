import { startInstallationJobs } from './compose-jobs.js';
import { withRedis } from './compose-redis.js';
import { isLoopbackHost } from './config/value-checks.js';
import type { Settings } from './config/settings.js';
import { createClientKeys } from './platform/client-keys/client-keys.js';
import { createRemoteKeys } from './platform/client-keys/remote-keys.js';
import { createClockCheck } from './platform/clock-check.js';
import { createHashing } from './platform/hashing.js';
import type { JobRunner } from './platform/jobs/runner.js';
import { lastingKey, refuseForeignSecrets } from './platform/master-key.js';
import type { Tracing } from './platform/tracing/tracing.js';
import type { CacheState } from './platform/metrics/gauges.js';
import { createMetrics, type Metrics } from './platform/metrics/metrics.js';
import { oneTimeCodes } from './platform/one-time-codes.js';
import { createCommonPasswords } from './platform/common-passwords.js';
import { createOutbound } from './platform/outbound/outbound.js';
import { createPasswordHasher } from './platform/password-hasher.js';
import { createProofSignatures } from './platform/proof-signatures.js';
import { createMessageCodes, createSecretBox } from './platform/secret-box.js';
import type { KeyPair } from './platform/signing/key-pair.js';
import { createFirstKeys, createSigner, type OwnedSigner } from './platform/signing/signer.js';
import { systemClock } from './platform/system-clock.js';
import { systemRandom } from './platform/system-random.js';
import { createKeyQueue } from './platform/key-queue.js';
import type { Clock } from './ports/clock.js';
import type { Context } from './ports/context.js';
import type { DatabaseClock } from './ports/database-clock.js';
import type { Outbound } from './ports/outbound.js';
import type { Random } from './ports/crypto/random.js';
import type { SecretBox } from './ports/crypto/secret-box.js';
import type { SealedRows } from './ports/store/sealed-rows.js';
import { createPostgresAuditLog } from './storage/postgres/audit/audit-log.js';
import { type Sealer, startSealer } from './storage/postgres/audit/sealer.js';
import {
  type InvalidatableCache,
  createRegistrationCache,
} from './storage/postgres/registrations/registration-cache.js';
import { startListener } from './storage/postgres/listener.js';
import { createDatabaseClock } from './storage/postgres/operations/database-clock.js';
import { liveCounts } from './storage/postgres/operations/live-counts.js';
import { observedPool } from './storage/postgres/operations/observed-pool.js';
import { sealedRows } from './storage/postgres/operations/sealed-rows.js';
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
  /** Tests that move the clock move this one with it. */
  readonly databaseClock?: DatabaseClock;
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
  readonly metrics: Metrics;
  /** Where an address for traces is set. */
  readonly tracing: Tracing | undefined;
  /** The database's version when it answers; throws when it does not. */
  ping(): Promise<string>;
  /** The connections of this process to the database. */
  pool(): { readonly open: number; readonly idle: number; readonly waiting: number; readonly max: number };
  /** What is wrong with the clock of this machine, in words; `undefined` when it is right or nobody looked yet. */
  clockProblem(): string | undefined;
  /** Starts what runs on its own: jobs, among them removing what has expired and replacing keys. */
  startMaintenance(): void;
  /** Finishes what was accepted, then lets go of everything. */
  close(): Promise<void>;
}

/** The only place where ports meet their implementations. The schema must be up to date. */
export async function compose(settings: Settings, options: ComposeOptions = {}): Promise<Composed> {
  const { clock = systemClock, random = systemRandom, logger = SILENT } = options;
  const connectionString = required(settings, 'database.url');
  const previousKeys = [settings['secrets.jwt_secret_key_previous']].filter((key) => key !== undefined);
  const masterBox = createSecretBox(required(settings, 'secrets.jwt_secret_key'), random, previousKeys);
  const macSecret = required(settings, 'secrets.jwt_refresh_secret_key');

  const snapshots: { signer?: OwnedSigner; directory?: InvalidatableCache } = {};
  const connections = createPool({
    connectionString,
    settings,
    logger,
    // Keys and clients may be others when it is back; what is not stored there any more must sign nothing.
    onUnavailable: () => snapshots.signer?.markOutdated(),
    onRecovered: () => snapshots.directory?.invalidate(),
  });
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
      ...(settings['redis.url'] === undefined ? {} : { cache: () => redisState() }),
    },
    clusterText: options.clusterMetrics,
  });
  const tracing = await openTracing(settings, options.version ?? '');
  const pool = observedPool(connections, (operation, seconds, outcome) => {
    metrics.query(operation, seconds, outcome);
    tracing?.step(`postgresql ${operation}`, seconds, outcome);
  });
  const database = createPostgresStore(pool, { clock, onChange: (table) => invalidate(table) });
  const sealed = sealedRows(pool);
  const lastingSecret = await openSecrets(sealed, masterBox, random).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  // The codes under the audit log outlive a change of the master key.
  const box: SecretBox = { ...masterBox, ...createMessageCodes(lastingSecret) };
  const audit = createPostgresAuditLog({ pool, clock, box });
  const databaseLimiter = createPostgresRateLimiter({ pool, clock });
  const redis = await withRedis(settings, { database, databaseLimiter, clock, logger, observe: metrics.cache });
  const { store, limiter, closeRedis } = redis;
  const signer = createSigner({
    store: store.signingKeys,
    box,
    clock,
    settings,
    onFault: (err) => logger.warn({ err }, 'the signing keys could not be read again'),
  });
  const isShared = settings['database.pooler_mode'] === 'transaction';
  const listener = startListener({
    // A session that changes hands after each transaction hears nothing.
    connectionString: settings['database.direct_url'] ?? (isShared ? undefined : connectionString),
    reconnectSeconds: settings['database.reconnect'],
    logger,
    onChange: (table) => invalidate(table),
    onListening: () => invalidate(),
  });
  const directory = createRegistrationCache({ store, clock, isListening: () => listener.isListening() });

  Object.assign(snapshots, { signer, directory });

  async function redisState(): Promise<CacheState> {
    if (redis.redisState === undefined) throw new Error('There is no Redis');
    return redis.redisState();
  }

  function invalidate(table?: string): void {
    if (table === undefined || table === 'jobs') runner?.wake();
    directory.invalidate(table);
    if (table === undefined || table === 'signing_keys') signer.invalidate();
  }

  const outbound = createOutbound({
    networks: settings['outbound.networks'],
    isLocal: isLoopbackHost(new URL(settings.issuer).hostname),
    observe: (purpose, seconds, outcome) => {
      metrics.outbound(purpose, seconds, outcome);
      tracing?.step(`call ${purpose}`, seconds, outcome);
    },
    logger,
  });

  const context: Context = {
    settings,
    clock,
    random,
    hashing: createHashing({
      macSecret,
      previousMacSecret: settings['secrets.jwt_refresh_secret_key_previous'],
      lastingSecret,
    }),
    box,
    signer: timedSigner(signer, (type, seconds) => {
      metrics.signed(type, seconds);
      tracing?.step(`sign ${type}`, seconds);
    }),
    clientKeys: composeClientKeys(outbound, clock, logger),
    proofSignatures: createProofSignatures(),
    outbound,
    commonPasswords: createCommonPasswords(),
    passwords: createPasswordHasher({ maxQueue: settings['passwords.max_queue'], random }),
    oneTimeCodes,
    limiter,
    keyQueue: createKeyQueue(1),
    audit,
    events: metrics.events,
    directory,
    store,
  };

  const databaseClock = options.databaseClock ?? createDatabaseClock(pool);
  const clockCheck = createClockCheck({ clock, databaseClock, logger });
  let runner: JobRunner | undefined;
  let sealer: Sealer | undefined;
  async function close(): Promise<void> {
    await runner?.stop();
    await listener.close();
    await Promise.all([audit.flush(), databaseLimiter.flush()]);
    await sealer?.stop();
    await database.close();
    await closeRedis();
    // A collector that is away must not hold up the stop.
    await tracing?.close().catch(() => undefined);
  }

  try {
    if (settings['audit.restore_head']) await audit.restoreHead();
    await signer.start(options.firstKeys ?? createFirstKeys, [settings['tokens.access_alg']]);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    context,
    metrics,
    tracing,
    ping: () => database.ping(),
    pool: () => pool.stats(),
    clockProblem: clockCheck.problem,
    startMaintenance() {
      sealer ??= startSealer(pool, box, {
        onFault: (err) => logger.error({ err }, 'audit events could not be sealed'),
      });
      runner ??= startInstallationJobs(
        { ...context, audit },
        {
          pool,
          signer,
          outbound,
          clockCheck,
          sealed: previousKeys.length > 0 ? sealed : undefined,
          observe: metrics.job,
          logger,
        },
      );
    },
    close,
  };
}

async function openTracing(settings: Settings, version: string): Promise<Tracing | undefined> {
  const endpoint = settings['tracing.otlp_endpoint'];
  if (endpoint === undefined) return undefined;
  // Few servers are traced; the others need not load it.
  const { createTracing } = await import('./platform/tracing/tracing.js');
  return createTracing({
    endpoint,
    headers: settings['tracing.otlp_headers'],
    percent: settings['tracing.percent'],
    version,
  });
}

const SILENT: ComposeLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Refuses secrets that no key opens; the key that everything lasting is made with. */
async function openSecrets(rows: SealedRows, box: SecretBox, random: Random): Promise<Buffer> {
  await refuseForeignSecrets(rows, box);
  return lastingKey(rows, 'mac', { box, fresh: random.bytes(32) });
}

function composeClientKeys(outbound: Outbound, clock: Clock, logger: ComposeLogger): Context['clientKeys'] {
  const types = ['application/jwk-set+json', 'application/json', 'text/plain'];
  return createClientKeys(
    createRemoteKeys(clock, (uri) => outbound.fetchDocument(uri, { purpose: 'client_keys', types })),
    (err) => logger.warn({ err }, "a client's keys could not be fetched"),
  );
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
