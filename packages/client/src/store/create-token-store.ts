/** Opens the place where tokens are kept, by a person's choice. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../clock.js';
import { prefixOf } from '../profiles/environment.js';
import type { Secret } from '../secret.js';
import { createEnvelopeStore } from './envelope-store.js';
import { createMemoryStore } from './memory-store.js';
import type { Keyring } from './os-keyring.js';
import type { TokenStore } from './token-store.js';

/** What the store is, where it is, and how it is locked. */
export interface TokenStoreOptions {
  /** `auto`: keyring, else a private key file; `keyring`: keyring or an error; `file`: key file; `memory`: nothing is written. */
  readonly kind?: 'auto' | 'keyring' | 'file' | 'memory';
  /** The directory of the token file; `~/.config/<appName>` (`%APPDATA%\<appName>` on Windows) by default. */
  readonly dir?: string;
  /** The name of the token file; `credentials.json` by default, `tokens.json` for the admin command line. */
  readonly fileName?: string;
  /** The directory of the key file; `~/.local/state/<appName>` (`%LOCALAPPDATA%\<appName>` on Windows) by default. */
  readonly stateDir?: string;
  /** Names the directories and the keyring item; `authly` by default. */
  readonly appName?: string;
  /** Begins the names of the variables that advice speaks of: `AUTHLY` for `AUTHLY_STORAGE`. By default made from `appName`. */
  readonly envPrefix?: string;
  /** Locks the store with a passphrase instead of the keyring or a key file. */
  readonly passphrase?: Secret;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Opens another keyring than the operating system's own. */
  readonly keyring?: () => Promise<Keyring>;
}

/**
 * Opens a token store. Nothing is read, written or unlocked before it is needed; later calls reject with StorageError.
 *
 * @example
 * ```ts
 * const store = await createTokenStore({ dir: `${home}/.authly`, fileName: 'tokens.json', appName: 'authly' });
 * ```
 */
export async function createTokenStore(options: TokenStoreOptions = {}): Promise<TokenStore> {
  if (options.kind === 'memory') return createMemoryStore();
  const env = options.env ?? process.env;
  const appName = options.appName ?? 'authly';
  return createEnvelopeStore({
    path: join(options.dir ?? defaultConfigDir(appName, env), options.fileName ?? 'credentials.json'),
    clock: options.clock ?? systemClock,
    keys: {
      policy: options.kind ?? 'auto',
      service: appName,
      keyPath: join(options.stateDir ?? defaultStateDir(appName, env), 'key'),
      passphrase: options.passphrase,
      env,
      envPrefix: options.envPrefix ?? prefixOf(appName),
      keyring: options.keyring,
    },
  });
}

/** Where a program keeps its configuration: XDG_CONFIG_HOME or %APPDATA%, else `~/.config`. */
export function defaultConfigDir(appName: string, env: NodeJS.ProcessEnv, platform = process.platform): string {
  if (platform === 'win32') return join(env.APPDATA || join(homeOf(env), 'AppData', 'Roaming'), appName);
  return join(env.XDG_CONFIG_HOME || join(homeOf(env), '.config'), appName);
}

/** Where a program keeps what belongs to this computer only: XDG_STATE_HOME or %LOCALAPPDATA%, else `~/.local/state`. */
export function defaultStateDir(appName: string, env: NodeJS.ProcessEnv, platform = process.platform): string {
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(homeOf(env), 'AppData', 'Local'), appName);
  return join(env.XDG_STATE_HOME || join(homeOf(env), '.local', 'state'), appName);
}

function homeOf(env: NodeJS.ProcessEnv): string {
  return env.HOME || env.USERPROFILE || homedir();
}
