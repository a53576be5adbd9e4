/** What is known about a login without asking anyone. */
import type { AuthMethod, Credential } from '../credentials/credential.js';
import type { SessionCredential } from '../credentials/oauth-credential.js';
import type { EnvironmentSettings } from '../profiles/environment.js';
import type { Program } from '../profiles/program.js';
import type { RecordMeta, StoreInfo } from '../store/token-store.js';
import type { Resolution } from './resolve-credential.js';

/** A login, as `auth status` shows it. Times are dates. */
export interface AuthStatus {
  readonly authenticated: boolean;
  readonly profile?: string;
  /** What gave the credential, for example `profile` or `MY_APP_TOKEN`. */
  readonly source?: string;
  readonly issuer?: string;
  readonly apiUrl?: string;
  readonly clientId?: string;
  readonly subject?: string;
  readonly username?: string;
  readonly method?: AuthMethod;
  readonly scopes: readonly string[];
  readonly expiresAt?: Date;
  /** Seconds until the access token ends; below zero when it has ended. */
  readonly expiresIn?: number;
  readonly refreshable: boolean;
  readonly sessionExpiresAt?: Date;
  readonly storage: StoreInfo;
  /** Variables that are set and would win, or do win, over a stored login. */
  readonly overrides: readonly { readonly env: string; readonly active: boolean }[];
  readonly clockSkewSeconds?: number;
  readonly warnings: readonly string[];
}

/** Puts the status together from the stored metadata; nothing is unlocked and nothing is sent. */
export async function statusOf(program: Program, resolution: Resolution | undefined): Promise<AuthStatus> {
  const store = await program.store();
  const storage = store.describe();
  const overrides = overridesOf(program, resolution);
  if (!resolution) return { authenticated: false, scopes: [], refreshable: false, storage, overrides, warnings: [] };
  const record = await recordBehind(program, resolution.credential);
  const now = program.clock.now();
  const alive = record?.expiresAt === undefined || record.expiresAt > now;
  const ended = record?.status === 'expired';
  return {
    authenticated:
      !ended && (alive || record?.refreshable === true || resolution.credential.method === 'client_credentials'),
    profile: resolution.profile,
    source: resolution.description.winner?.source,
    issuer: record?.issuer ?? resolution.issuer,
    apiUrl: resolution.apiUrl,
    clientId: record?.clientId,
    subject: record?.subject,
    username: record?.username,
    method: resolution.credential.method,
    scopes: record?.scopes ?? [],
    expiresAt: dateOf(record?.expiresAt),
    expiresIn: record?.expiresAt === undefined ? undefined : Math.round((record.expiresAt - now) / 1000),
    refreshable: record?.refreshable ?? false,
    sessionExpiresAt: dateOf(record?.sessionExpiresAt),
    storage,
    overrides,
    clockSkewSeconds: record?.clockSkewSeconds,
    warnings: warningsOf(program, record, storage, overrides),
  };
}

/** True for a credential with a session behind it. */
export function hasSession(credential: Credential): credential is SessionCredential {
  return 'session' in credential && typeof credential.session === 'function';
}

async function recordBehind(program: Program, credential: Credential): Promise<RecordMeta | undefined> {
  if (!hasSession(credential)) return undefined;
  const key = credential.session().options.key;
  const store = credential.options.store ?? (await program.store());
  return (await store.list()).find((record) => record.key === key);
}

function overridesOf(program: Program, resolution: Resolution | undefined): AuthStatus['overrides'] {
  const names: readonly (readonly [string, keyof EnvironmentSettings, string])[] = [
    ['TOKEN', 'token', 'env_token'],
    ['API_KEY', 'apiKey', 'env_api_key'],
    ['CLIENT_SECRET', 'clientSecret', 'env_client_credentials'],
    ['PROFILE', 'profile', 'env_profile'],
  ];
  const winner = resolution?.description.winner?.rule;
  return names
    .filter(([, setting]) => program.settings[setting] !== undefined)
    .map(([name, , rule]) => ({ env: `${program.envPrefix}_${name}`, active: rule === winner }));
}

function warningsOf(
  program: Program,
  record: RecordMeta | undefined,
  storage: StoreInfo,
  overrides: AuthStatus['overrides'],
): readonly string[] {
  const warnings: string[] = [];
  const skew = record?.clockSkewSeconds ?? 0;
  for (const { env, active } of overrides) {
    if (active && env !== `${program.envPrefix}_PROFILE`)
      warnings.push(`${env} is set and is used instead of a stored login.`);
  }
  if (Math.abs(skew) > 300)
    warnings.push(`The clock of this computer is ${Math.abs(skew)} seconds ${skew > 0 ? 'slow' : 'fast'}.`);
  if (storage.backend === 'keyfile+file')
    warnings.push(`The stored tokens are not protected by the keyring; their key is in ${storage.keyPath}.`);
  return warnings;
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
