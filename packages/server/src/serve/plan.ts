import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigurationProblem, ConfigurationError } from '../config/configuration-error.js';
import { authlyHome } from '../config/config-file.js';
import type { Environment } from '../config/environment.js';
import { type ConfiguredSettings, readConfiguration } from '../config/read.js';
import { accentProblem, defaultTheme } from '../http/pages/theme.js';

export interface ServeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number;
  /** Starts a PostgreSQL of its own. */
  readonly embedded?: boolean;
  /** Adds accounts and a client with known passwords, to try things with. */
  readonly seed?: boolean;
  /** Keeps no data when it ends. */
  readonly ephemeral?: boolean;
  readonly dataDir?: string;
  readonly logLevel?: string;
  readonly accessLog?: boolean;
  /** Path of authly.toml. */
  readonly config?: string;
  /** Puts the database proxies beside the server, on its own PostgreSQL. */
  readonly proxies?: boolean;
}

/** What is to be started: options, environment and configuration file, read and checked. */
export interface Plan {
  readonly settings: ConfiguredSettings;
  readonly warnings: readonly ConfigurationProblem[];
  readonly embedded: boolean;
  readonly ephemeral: boolean;
  readonly seed: boolean;
  readonly proxies: boolean;
  readonly dataDirectory: string;
  /** The data directory holds no database yet. */
  readonly isFirstStart: boolean;
}

/** @throws ConfigurationError with everything that is wrong. */
export async function planStart(options: ServeOptions, environment: Environment): Promise<Plan> {
  const { embedded = false, ephemeral = false, seed = false } = options;
  const configuration = await readConfiguration({
    environment,
    embedded: embedded || ephemeral ? 'always' : 'if-needed',
    flags: {
      // Accounts whose passwords everyone knows are for this machine, unless someone opens it on purpose.
      host: options.host ?? (seed ? '127.0.0.1' : undefined),
      port: options.port,
      workers: options.workers,
      data_dir: options.dataDir,
      'log.level': options.logLevel,
      'log.access': options.accessLog,
    },
    configFile: options.config,
    moreChecks: (draft) => unreadableAccent(draft['theme.accent']),
  });
  const { settings, warnings } = configuration;
  if (seed && settings.mode === 'production' && !settings.standalone) {
    throw new ConfigurationError([
      {
        where: '--seed',
        what: 'creates accounts with known passwords: use it with --embedded, or set AUTHLY_MODE=testing',
      },
    ]);
  }
  if (options.proxies === true && !configuration.embedded) {
    throw new ConfigurationError([
      {
        where: '--proxies',
        what: 'stands before the embedded PostgreSQL: use it with --embedded, or run "authly proxy postgres" for a database of your own',
      },
    ]);
  }
  const dataDirectory = settings.data_dir ?? join(authlyHome(environment), 'data');
  return {
    settings,
    warnings,
    embedded: configuration.embedded,
    ephemeral,
    seed,
    proxies: options.proxies === true,
    dataDirectory,
    isFirstStart: ephemeral || (configuration.embedded && !existsSync(join(dataDirectory, 'postgres'))),
  };
}

/** An accent colour on which text cannot be read makes broken pages; which ones those are is decided by the pages' theme. */
function unreadableAccent(accent: string | undefined): ConfigurationProblem[] {
  const problem = accent === undefined ? undefined : accentProblem({ ...defaultTheme, accent, accentDark: undefined });
  return problem === undefined ? [] : [{ where: 'AUTHLY_THEME_ACCENT', what: `cannot be used: ${problem}` }];
}
