/** Profiles: named sets of server, client and method. Nothing in a profile is secret; secrets are in the token store. */
import type { AuthMethod } from '../credentials/credential.js';
import type { PrivateJwk } from '../flows/client-authentication.js';

/** One profile. */
export interface Profile {
  readonly name: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly apiUrl?: string;
  readonly method?: AuthMethod | 'auto';
  readonly scopes?: readonly string[];
  readonly resource?: string;
  /** A fixed port for the browser login. */
  readonly callbackPort?: number;
  /** The program that prints tokens, for the method `external`. */
  readonly command?: readonly string[];
  /** True when the tokens are bound to a key. */
  readonly dpop?: boolean;
}

/** What a profile may be configured with; the secrets go to the encrypted store. */
export interface ProfileInput extends Omit<Profile, 'name'> {
  readonly clientSecret?: string;
  readonly apiKey?: string;
  readonly privateKeyJwk?: PrivateJwk;
}

/** A profile in a list. */
export interface ProfileSummary extends Profile {
  readonly active: boolean;
  /** Where the profile is written. */
  readonly source: 'config.toml' | 'profiles.json';
  readonly loggedIn: boolean;
  readonly username?: string;
}

/** Reads the fields of a profile from a file, snake_case as it is written there; `undefined` names the first field that is wrong. */
export function readProfile(name: string, value: unknown): Profile | { readonly wrong: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { wrong: name };
  const fields = value as Record<string, unknown>;
  for (const [field, check] of Object.entries(checks)) {
    if (fields[field] !== undefined && !check(fields[field])) return { wrong: `${name}.${field}` };
  }
  return {
    name,
    issuer: fields.issuer as string | undefined,
    clientId: fields.client_id as string | undefined,
    apiUrl: (fields.api_url ?? fields.url) as string | undefined,
    method: fields.method as Profile['method'],
    scopes: scopesOf(fields.scopes ?? fields.scope),
    resource: fields.resource as string | undefined,
    callbackPort: fields.callback_port as number | undefined,
    command: fields.command as readonly string[] | undefined,
    dpop: fields.dpop as boolean | undefined,
  };
}

/** The same in the spelling of the file. */
export function printProfile(profile: Profile): Record<string, unknown> {
  return {
    issuer: profile.issuer,
    client_id: profile.clientId,
    api_url: profile.apiUrl,
    method: profile.method,
    scopes: profile.scopes,
    resource: profile.resource,
    callback_port: profile.callbackPort,
    command: profile.command,
    dpop: profile.dpop,
  };
}

/** True for a name that is safe in files, messages and commands. */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(name);
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  issuer: isText,
  client_id: isText,
  api_url: isText,
  url: isText,
  method: (value) => typeof value === 'string' && methods.has(value),
  scopes: (value) => isTexts(value) || typeof value === 'string',
  scope: (value) => isTexts(value) || typeof value === 'string',
  resource: isText,
  callback_port: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536,
  command: (value) => isTexts(value) && (value as string[]).length > 0,
  dpop: (value) => typeof value === 'boolean',
};
const methods: ReadonlySet<string> = new Set<AuthMethod | 'auto'>([
  'auto',
  'api_key',
  'client_credentials',
  'authorization_code',
  'device_code',
  'password',
  'external',
  'static_token',
]);

function scopesOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((scope) => String(scope).split(/\s+/)).filter(Boolean);
}
