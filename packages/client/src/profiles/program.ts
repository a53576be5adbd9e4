/** The program that embeds this package: its name, its variables, its directories, its store. */
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { systemClock, type Clock } from '../clock.js';
import { createTokenStore, defaultConfigDir } from '../store/create-token-store.js';
import type { Keyring } from '../store/os-keyring.js';
import type { TokenStore } from '../store/token-store.js';
import { debugTopics, traceEvents, tracedFetch } from './debug-output.js';
import { prefixOf, readEnvironment, type EnvironmentSettings } from './environment.js';
import { openProfileBook, type ProfileBook } from './profile-book.js';
import { platformFetch } from './platform-fetch.js';
import type { AuthEmitter } from '../session/auth-events.js';

/** How a program presents itself. */
export interface ProgramOptions {
  /** The name of the command, for example `my-app`; it also names the directories and the keyring item. */
  readonly appName: string;
  /** The prefix of its variables; `MY_APP` for `my-app` by default. */
  readonly envPrefix?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The directory of config.toml, profiles.json and the token file. */
  readonly configDir?: string;
  /** Another configuration file than `config.toml` in that directory. */
  readonly configFile?: string;
  /** The token file: a name in the directory, or a path; `credentials.json` by default, `tokens.json` for the admin command line. */
  readonly tokenFile?: string;
  /** The command that logs in, for messages; `my-app auth login` by default. */
  readonly loginCommand?: string;
  /** The program has `--no-wait` and `--continue ID`, which start a login and finish it; said where nobody can be asked. */
  readonly continuesLogins?: boolean;
  readonly store?: TokenStore;
  readonly storage?: 'auto' | 'keyring' | 'file' | 'memory';
  readonly keyring?: () => Promise<Keyring>;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
}

/** A program, ready to resolve credentials. */
export interface Program {
  readonly appName: string;
  readonly envPrefix: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: EnvironmentSettings;
  readonly configDir: string;
  readonly book: ProfileBook;
  readonly clock: Clock;
  /** Sends requests, through the proxy and with the certificates of the environment. */
  readonly fetch: typeof globalThis.fetch;
  /** Follows the events of a client or an authenticator where somebody wants to see them. */
  trace(events: AuthEmitter): void;
  /** The token store; opened once. */
  store(): Promise<TokenStore>;
  readonly continuesLogins: boolean;
  /** The command that logs in to a profile. */
  loginCommand(profile?: string): string;
}

/** Prepares a program. Reads the environment, and nothing else before it is needed. */
export function openProgram(options: ProgramOptions): Program {
  const env = options.env ?? process.env;
  const envPrefix = options.envPrefix ?? prefixOf(options.appName);
  const settings = readEnvironment(envPrefix, env);
  const places = defaultPlaces(options.appName, env);
  const configDir = options.configDir ?? settings.configDir ?? places.configDir;
  const book = openProfileBook(configDir, options.configFile);
  const clock = options.clock ?? systemClock;
  const topics = debugTopics(settings.debug);
  const write = (line: string) => void process.stderr.write(`${options.appName} ${line}\n`);
  const send = options.fetch ?? platformFetch({ env, caFile: settings.caFile });
  let store: Promise<TokenStore> | undefined;

  async function openStore(): Promise<TokenStore> {
    if (options.store) return options.store;
    const config = await book.config();
    const path = tokenPath(configDir, options.tokenFile ?? config.tokenFile ?? places.tokenFile, env);
    return createTokenStore({
      kind: options.storage ?? settings.storage ?? config.storage ?? 'auto',
      dir: dirname(path),
      fileName: basename(path),
      stateDir: places.stateDir,
      appName: options.appName,
      envPrefix,
      passphrase: settings.passphrase,
      env,
      clock,
      keyring: options.keyring,
    });
  }

  return {
    appName: options.appName,
    envPrefix,
    env,
    settings,
    configDir,
    book,
    clock,
    fetch: topics.http ? tracedFetch(send, write) : send,
    trace: (events) => {
      if (topics.auth) traceEvents(events, write);
    },
    store: () => {
      store ??= openStore();
      return store;
    },
    continuesLogins: options.continuesLogins ?? false,
    loginCommand: (profile) => {
      const command = options.loginCommand ?? `${options.appName} auth login`;
      return profile === undefined || profile === 'default' ? command : `${command} --profile ${profile}`;
    },
  };
}

interface Places {
  readonly configDir: string;
  readonly tokenFile: string;
  readonly stateDir?: string;
}

/** A program without a name of its own uses what `authly admin auth login` has stored; that command has its places from its guide. */
function defaultPlaces(appName: string, env: NodeJS.ProcessEnv): Places {
  if (appName !== 'authly') return { configDir: defaultConfigDir(appName, env), tokenFile: 'credentials.json' };
  const home = env.AUTHLY_HOME;
  return {
    configDir: join(env.HOME || homedir(), '.authly'),
    tokenFile: 'tokens.json',
    stateDir: home ? join(home, 'state') : undefined,
  };
}

function tokenPath(configDir: string, file: string, env: NodeJS.ProcessEnv): string {
  const expanded = file.replace(/^~(?=\/|\\|$)/, env.HOME || homedir());
  return isAbsolute(expanded) ? expanded : join(configDir, expanded);
}
