import type { Recovery } from './admin/users/recover-administrator.js';
import type { BootstrapResult, FirstAccount } from './bootstrap/bootstrap.js';
import { ConfigurationError } from './config/configuration-error.js';
import { readDatabaseUrl } from './config/read.js';
import type { Settings } from './config/settings.js';
import { createLog, type ServerLog } from './platform/log/log.js';
import type { KeyPair } from './platform/signing/key-pair.js';
import { type Address, claimAddress, defaultIssuer } from './serve/address.js';
import { banner, passwordNotice } from './serve/banner.js';
import { COMPANION_LIMIT_MS, companionFacts, type RunningCompanion, type StartCompanion } from './serve/companion.js';
import { openDatabase } from './serve/database.js';
import {
  type Cleanup,
  createCleanup,
  drainStepLimitMs,
  finishWith,
  type StopReason,
  stopSignal,
} from './serve/drain.js';
import { type Plan, planStart, type ServeOptions } from './serve/plan.js';
import { backUpTo, type BackupOptions, type RestoreOptions, restoreFrom } from './serve/backup.js';
import { type DoctorOptions, examine } from './serve/doctor/doctor.js';
import type { Finding } from './serve/doctor/finding.js';
import { type RecoverOptions, recoverIn } from './serve/recover.js';
import { type GeneratedSecrets, generateSecrets, keptSecrets } from './serve/secrets-file.js';
import { StartError } from './serve/start-error.js';
import { VERSION } from './serve/version.js';
import type { StorageLogger } from './storage/logger.js';
import type { Restored } from './storage/postgres/backup/load.js';

/**
 * Runs the server until it is told to stop, and then ends the process. config → database → schema → compose → bootstrap →
 * listen → drain.
 */
export async function serve(options: ServeOptions, startProxies?: StartCompanion): Promise<void> {
  const { stopped, stop } = stopSignal();
  const cleanup = createCleanup();
  let log = createLog({ level: 'info', json: false });
  process.on('uncaughtException', (error) => stop({ exitCode: 1, cause: 'a fault', error }));
  try {
    const plan = await planStart(options, process.env);
    log = createLog({ level: plan.settings['log.level'], json: plan.settings['log.json'] });
    for (const { where, what } of plan.warnings) log.logger.warn(`${where} ${what}`);
    await start(plan, { log, cleanup, stop, startProxies });
  } catch (error) {
    explain(error, log);
    stop({ exitCode: 1, cause: 'it could not start', explained: true });
  }
  await finishWith(await stopped, { log, cleanup });
}

export interface MigrateOptions {
  /** Only says what is missing; the exit code is 1 when something is. */
  readonly check?: boolean;
  readonly databaseUrl?: string;
  /** Path of authly.toml. */
  readonly config?: string;
}

/** Brings the schema up to date, or says what is missing. Answers the exit code. */
export async function migrate(options: MigrateOptions): Promise<number> {
  try {
    const connectionString = await readDatabaseUrl({
      environment: process.env,
      flags: { 'database.url': options.databaseUrl },
      configFile: options.config,
    });
    const schema = await import('./storage/postgres/migrate.js');
    if (options.check !== true) {
      const { applied } = await schema.migrate({ connectionString });
      say(applied.map((name) => `applied ${name}`));
      say(['The schema is up to date.']);
      return 0;
    }
    const pending = await schema.pendingMigrations({ connectionString });
    say(pending.map((name) => `missing ${name}`));
    say([pending.length === 0 ? 'The schema is up to date.' : 'Run authly migrate to apply them.']);
    return pending.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`authly: ${messageOf(error)}\n`);
    return 1;
  }
}

/** Makes a one-time way in for an administrator who is locked out; says on stderr why it cannot, and answers nothing then. */
export function recover(options: RecoverOptions): Promise<Recovery | undefined> {
  return orSay(recoverIn(options, process.env));
}

/** Writes everything into an encrypted file; says on stderr why it cannot, and answers nothing then. */
export function backup(options: BackupOptions): Promise<{ readonly bytes: number } | undefined> {
  return orSay(backUpTo(options, process.env));
}

/** Reads such a file into an empty database; says on stderr why it cannot, and answers nothing then. */
export function restore(options: RestoreOptions): Promise<Restored | undefined> {
  return orSay(restoreFrom(options, process.env));
}

/** Looks for what is unsafe or missing; says on stderr why it cannot look, and answers nothing then. */
export function doctor(options: DoctorOptions): Promise<readonly Finding[] | undefined> {
  return orSay(examine(options, process.env));
}

async function orSay<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    process.stderr.write(`authly: ${messageOf(error)}\n`);
    return undefined;
  }
}

interface Running {
  readonly log: ServerLog;
  readonly cleanup: Cleanup;
  readonly stop: (reason: StopReason) => void;
  readonly startProxies: StartCompanion | undefined;
}

async function start(plan: Plan, running: Running): Promise<void> {
  const { log, cleanup } = running;
  const progress = progressOf(plan);
  const address = await claimAddress({ host: plan.settings.host, port: plan.settings.port });
  progress(plan.isFirstStart ? 'Creating the database …' : 'Starting …');
  // Loading the code and making RSA keys take as long as the database does to come up.
  const loadOnce = once(() => load(plan));
  const { connectionString, asSuperuser } = await openDatabase(plan, { ...running, onRunning: loadOnce });
  const secrets = await secretsOf(plan);
  const settings = settingsOf(plan, { address, connectionString, secrets });
  const { compose, schema, fitness, serving, firstKeys } = await loadOnce();
  const mayBePooled = !plan.embedded && settings['database.pooler_mode'] === 'session';
  await Promise.all([
    schema.migrate({
      connectionString: settings['database.direct_url'] ?? connectionString,
      logger: toStorageLogger(log),
    }),
    mayBePooled ? fitness.refuseTransactionPooler(connectionString) : undefined,
  ]);

  const composed = await compose(settings, { logger: log.logger, version: VERSION, firstKeys });
  const closeStorage = once(() => composed.close());
  cleanup.add('storage', closeStorage);
  const facts = companionFacts(settings, {
    databaseUrl: connectionString,
    setupUrl: asSuperuser ?? connectionString,
    rootSecret: settings['secrets.jwt_secret_key'] ?? secrets.jwt_secret_key,
  });
  const seed = plan.seed ? { demoSecret: secrets.demo_client_secret } : undefined;
  // The routes are built while the passwords of the first people are hashed.
  const [bootstrapped, server] = await Promise.all([
    serving.bootstrap({ seed, proxySecret: plan.proxies ? facts.clientSecret : undefined }, composed.context),
    serving.kind === 'here' ? serving.prepareServer(composed, { version: VERSION, logger: log.logger }) : undefined,
  ]);
  logNewAdministrator(bootstrapped, log);

  // Found out while requests are answered already; workers have a storage of their own, and this one closes.
  const accounts = once(() => bootstrapped.accounts());
  if (serving.kind === 'workers') {
    await accounts();
    await closeStorage();
    const workers = await serving.startWorkers(settings, { version: VERSION, logger: log.logger });
    cleanup.add('workers', () => workers.stop(), drainStepLimitMs(settings));
  } else if (server !== undefined) {
    const opened = await server.listen(address);
    cleanup.add('HTTP', () => opened.drain(), drainStepLimitMs(settings));
    composed.startMaintenance();
  }
  const proxies = plan.proxies ? await running.startProxies?.(facts) : undefined;
  if (proxies !== undefined) cleanup.add('database proxies', () => proxies.stop(), COMPANION_LIMIT_MS);
  announce({ plan, settings, bootstrapped, accounts: await accounts(), log, beside: proxies?.lines ?? [] });
  await warnAboutIgnoredPassword(bootstrapped, log);
}

type Serving = {
  readonly bootstrap: typeof import('./bootstrap/bootstrap.js').bootstrap;
} & (
  | { readonly kind: 'here'; readonly prepareServer: typeof import('./serve/server.js').prepareServer }
  | { readonly kind: 'workers'; readonly startWorkers: typeof import('./serve/workers/workers.js').startWorkers }
);

interface Loaded {
  readonly compose: typeof import('./compose.js').compose;
  readonly schema: typeof import('./storage/postgres/migrate.js');
  readonly fitness: typeof import('./storage/postgres/connection/fitness.js');
  readonly serving: Serving;
  readonly firstKeys: (() => Promise<readonly KeyPair[]>) | undefined;
}

function load(plan: Plan): Promise<Loaded> {
  const firstKeys = plan.isFirstStart
    ? import('./platform/signing/signer.js').then((it) => it.createFirstKeys())
    : undefined;
  const modules = Promise.all([
    import('./compose.js'),
    import('./storage/postgres/migrate.js'),
    import('./storage/postgres/connection/fitness.js'),
    loadServing(plan),
  ]);
  const loaded = modules.then(([{ compose }, schema, fitness, serving]) => ({
    compose,
    schema,
    fitness,
    serving,
    firstKeys: firstKeys && (() => firstKeys),
  }));
  // A failure reaches whoever awaits these later; until then it must not count as unhandled.
  void Promise.allSettled([loaded, firstKeys]);
  return loaded;
}

async function loadServing(plan: Plan): Promise<Serving> {
  const { bootstrap } = await import('./bootstrap/bootstrap.js');
  if (plan.settings.workers === 1) {
    return { kind: 'here', bootstrap, prepareServer: (await import('./serve/server.js')).prepareServer };
  }
  return { kind: 'workers', bootstrap, startWorkers: (await import('./serve/workers/workers.js')).startWorkers };
}

function secretsOf(plan: Plan): Promise<GeneratedSecrets> | GeneratedSecrets {
  if (plan.ephemeral) return generateSecrets();
  if (plan.embedded || plan.seed) return keptSecrets(plan.dataDirectory);
  // In production the secrets are set; these are never used.
  return generateSecrets();
}

function settingsOf(
  plan: Plan,
  found: { readonly address: Address; readonly connectionString: string; readonly secrets: GeneratedSecrets },
): Settings {
  const { settings } = plan;
  return {
    ...settings,
    port: found.address.port,
    issuer: settings.issuer ?? defaultIssuer(found.address),
    'database.url': found.connectionString,
    'secrets.jwt_secret_key': settings['secrets.jwt_secret_key'] ?? found.secrets.jwt_secret_key,
    'secrets.jwt_refresh_secret_key':
      settings['secrets.jwt_refresh_secret_key'] ?? found.secrets.jwt_refresh_secret_key,
  };
}

/** A program reads JSON lines and nothing between them; a person reads the banner. */
function announce(facts: {
  readonly plan: Plan;
  readonly settings: Settings;
  readonly bootstrapped: BootstrapResult;
  readonly accounts: readonly FirstAccount[];
  readonly log: ServerLog;
  readonly beside: RunningCompanion['lines'];
}): void {
  const { plan, settings, bootstrapped, accounts, log, beside } = facts;
  if (!settings['log.json']) {
    const data = plan.embedded && !plan.ephemeral ? plan.dataDirectory : undefined;
    process.stdout.write(banner({ version: VERSION, settings, bootstrapped, accounts, data, beside }));
    return;
  }
  const notice = passwordNotice(bootstrapped);
  if (notice !== undefined) process.stderr.write(notice);
  log.logger.info({ issuer: settings.issuer, version: VERSION, workers: settings.workers }, 'listening');
}

function logNewAdministrator({ administrator }: BootstrapResult, { logger }: ServerLog): void {
  if (administrator?.outcome === 'created') logger.info({ username: administrator.username }, 'administrator created');
}

/** Whoever sets the variable to get in again must not believe that it did anything. */
async function warnAboutIgnoredPassword({ administrator }: BootstrapResult, { logger }: ServerLog): Promise<void> {
  if ((await administrator?.isChosenPasswordIgnored?.()) !== true) return;
  logger.warn(
    { username: administrator?.username },
    'AUTHLY_ADMIN_PASSWORD is ignored: the account exists and has another password; authly recover lets its owner in again',
  );
}

function progressOf(plan: Plan): (text: string) => void {
  const isWatched = process.stderr.isTTY && !plan.settings['log.json'];
  return (text) => {
    if (isWatched) process.stderr.write(`${text}\n`);
  };
}

/** What an operator can put right is printed as text; anything else is a fault of the server and is logged with its stack. */
function explain(error: unknown, { logger }: ServerLog): void {
  const isPlain =
    error instanceof ConfigurationError ||
    error instanceof StartError ||
    (error instanceof Error &&
      ['EmbeddedPostgresError', 'ForeignSecretsError', 'DatabaseUnavailableError', ...UNFIT].includes(error.name));
  if (isPlain) process.stderr.write(`authly: ${messageOf(error)}\n`);
  else logger.error({ err: error }, 'the server cannot start');
}

const UNFIT = ['UnfitDatabaseError', 'ConnectionStringError'];

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.name === 'DatabaseUnavailableError'
    ? `${error.message}: ${error.cause.message}\n  Check DATABASE_URL, and that the database is up.`
    : error.message;
}

/** What belongs to a start that succeeds is not worth a line. */
function toStorageLogger({ logger }: ServerLog): StorageLogger {
  return {
    info: (fields, message) => logger.debug(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
  };
}

function say(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let done: Promise<Result> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
