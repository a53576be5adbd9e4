import { ConfigurationError } from '../../config/configuration-error.js';
import type { Environment } from '../../config/environment.js';
import { type Configuration, readConfiguration, readDatabaseUrl } from '../../config/read.js';
import type { Settings } from '../../config/settings.js';
import { administratorFindings, databaseFindings } from './database.js';
import type { Finding } from './finding.js';
import { onlineFindings } from './online.js';
import { secretFileFindings } from './secret-files.js';
import { settingFindings } from './settings.js';

export interface DoctorOptions {
  readonly databaseUrl?: string;
  /** Path of authly.toml. */
  readonly config?: string;
  /** Asks the server at its issuer, too. */
  readonly online?: boolean;
}

/** Everything that is unsafe or missing, the worst first, and how to mend it. Changes nothing, and never throws for what it finds. */
export async function examine(options: DoctorOptions, environment: Environment): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const configuration = await readOrExplain(options, environment, findings);
  findings.push(...(await secretFileFindings(environment)));
  if (configuration !== undefined) {
    for (const { where, what } of configuration.warnings)
      findings.push({
        rule: 'weak-configuration',
        level: 'warning',
        what: `${where} ${what}`,
        mend: `Change ${where}`,
      });
    findings.push(...settingFindings(configuration.settings));
  }
  const url = await readDatabaseUrl(sources(options, environment)).catch(() => undefined);
  if (url !== undefined) await examineDatabase(url, configuration?.settings, findings);
  if (options.online === true) findings.push(...(await onlineFindings(configuration?.settings.issuer)));
  return findings.toSorted((one, other) => ORDER[one.level] - ORDER[other.level]);
}

const ORDER = { error: 0, warning: 1, note: 2 } as const;

function sources({ databaseUrl, config }: DoctorOptions, environment: Environment) {
  return { environment, configFile: config, flags: { 'database.url': databaseUrl } };
}

async function readOrExplain(
  options: DoctorOptions,
  environment: Environment,
  findings: Finding[],
): Promise<Configuration | undefined> {
  try {
    return await readConfiguration(sources(options, environment));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const { where, what } of error.problems)
      findings.push({ rule: 'configuration', level: 'error', what: `${where} ${what}`, mend: `Change ${where}` });
    return undefined;
  }
}

async function examineDatabase(
  connectionString: string,
  settings: Configuration['settings'] | undefined,
  findings: Finding[],
): Promise<void> {
  const { readFacts } = await import('../../storage/postgres/operations/facts.js');
  const facts = await readFacts(connectionString).catch((error: unknown) => {
    findings.push({
      rule: 'database-away',
      level: 'error',
      what: `The database cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      mend: 'Check DATABASE_URL, and that the database is up',
    });
    return undefined;
  });
  if (facts === undefined || settings === undefined) return;
  const whole: Settings = { ...settings, issuer: settings.issuer ?? '' };
  findings.push(...databaseFindings(facts, whole));
  if (facts.pending.length > 0) return;
  const { composeRecovery } = await import('../../compose-recovery.js');
  const composed = await composeRecovery(whole, { connectionString, logger: QUIET }).catch((error: unknown) => {
    findings.push({
      rule: 'foreign-secrets',
      level: 'error',
      what: `The secrets and the database do not belong together: ${error instanceof Error ? error.message : String(error)}`,
      mend: 'Set JWT_SECRET_KEY as it was, or the database that belongs to it; after a change of the key, JWT_SECRET_KEY_PREVIOUS',
    });
    return undefined;
  });
  if (composed === undefined) return;
  try {
    findings.push(...(await administratorFindings(composed.context)));
  } finally {
    await composed.close();
  }
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
