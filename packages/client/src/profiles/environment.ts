/** The environment variables of a program: only names with its own prefix are read. */
import { ConfigurationError } from '../errors/credential-errors.js';
import { Secret } from '../secret.js';

/** What a program's variables may say. */
export interface EnvironmentSettings {
  readonly token?: Secret;
  readonly apiKey?: Secret;
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly profile?: string;
  readonly issuer?: string;
  readonly apiUrl?: string;
  readonly scopes?: readonly string[];
  readonly resource?: string;
  readonly method?: string;
  readonly configDir?: string;
  readonly storage?: 'auto' | 'keyring' | 'file' | 'memory';
  readonly passphrase?: Secret;
  readonly noInput: boolean;
  readonly callbackPort?: number;
  readonly caFile?: string;
  /** What to trace on the error stream: `auth`, `http`, or both. */
  readonly debug?: string;
}

/** Reads the variables with the prefix, for example `MY_APP_TOKEN`; an empty one counts as unset, a wrong one is a ConfigurationError. */
export function readEnvironment(prefix: string, env: NodeJS.ProcessEnv): EnvironmentSettings {
  const text = (name: string) => env[`${prefix}_${name}`] || undefined;
  const secret = (name: string) => {
    const value = text(name);
    return value === undefined ? undefined : Secret.from(value);
  };
  const secretFile = text('CLIENT_SECRET_FILE');
  return {
    token: secret('TOKEN'),
    apiKey: secret('API_KEY'),
    clientId: text('CLIENT_ID'),
    clientSecret: secret('CLIENT_SECRET') ?? (secretFile === undefined ? undefined : Secret.file(secretFile)),
    profile: text('PROFILE'),
    issuer: text('ISSUER'),
    apiUrl: text('API_URL'),
    scopes: text('SCOPE')
      ?.split(/[\s,]+/)
      .filter(Boolean),
    resource: text('RESOURCE'),
    method: text('AUTH_METHOD'),
    configDir: text('CONFIG_DIR') ?? text('HOME'),
    storage: storageOf(prefix, text('STORAGE')),
    passphrase: secret('KEYRING_PASSPHRASE'),
    noInput: isYes(text('NO_INPUT')),
    callbackPort: portOf(prefix, text('CALLBACK_PORT')),
    caFile: text('CA_FILE'),
    debug: text('DEBUG'),
  };
}

/** The prefix of a program's variables: `my-app` reads `MY_APP_…`. */
export function prefixOf(appName: string): string {
  return appName.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** True unless it is unset, `0`, `false` or `no`. */
export function isYes(value: string | undefined): boolean {
  return value !== undefined && !/^(|0|false|no|off)$/i.test(value);
}

function storageOf(prefix: string, value: string | undefined): EnvironmentSettings['storage'] {
  if (value === undefined) return undefined;
  const known = (['auto', 'keyring', 'file', 'memory'] as const).find((kind) => kind === value);
  if (known) return known;
  throw wrongVariable(`${prefix}_STORAGE`, 'It must be auto, keyring, file or memory.');
}

function portOf(prefix: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw wrongVariable(`${prefix}_CALLBACK_PORT`, 'It must be a port, from 1 to 65535.');
}

function wrongVariable(name: string, reason: string): ConfigurationError {
  return new ConfigurationError({
    message: `The environment variable ${name} cannot be used.`,
    reason,
    hint: `Correct or unset ${name}.`,
  });
}
