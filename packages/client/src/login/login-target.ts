/** What a login is for: which profile, server, client and scopes, after options, environment, profile and the server's own defaults. */
import type { AuthMethod } from '../credentials/credential.js';
import type { PrivateJwk } from '../flows/client-authentication.js';
import { type Connection, connect } from '../flows/connection.js';
import { readCliConfiguration } from '../flows/cli-configuration.js';
import { discover, type AuthorizationServer } from '../flows/discovery.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { storedSecrets } from '../client/profile-credential.js';
import type { Profile } from '../profiles/profile.js';
import { profileNotFound } from '../profiles/profile-book.js';
import type { Program } from '../profiles/program.js';
import { Secret } from '../secret.js';
import { createDpopKey } from '../session/dpop-key.js';
import type { LoginOptions } from './login-options.js';

/** Everything that a login needs to know. */
export interface LoginTarget {
  readonly profile: string;
  /** True when nobody has configured the profile yet. */
  readonly isNew: boolean;
  readonly issuer: string;
  readonly clientId: string;
  readonly apiUrl?: string;
  /** What was asked for, else what the server publishes for people. */
  readonly scopes: readonly string[];
  /** What was asked for; a program gets no more than that, and by default what its client may have. */
  readonly askedScopes?: readonly string[];
  readonly resource?: string;
  readonly method?: AuthMethod | 'auto';
  readonly callbackPort?: number;
  readonly dpop: boolean;
  readonly clientSecret?: Secret;
  readonly privateKeyJwk?: PrivateJwk;
  readonly apiKey?: Secret;
  readonly server: AuthorizationServer;
}

/** What a person names, and behind it what the program itself names. */
export type TargetOptions = LoginOptions & { readonly fallback?: LoginOptions };

/** How requests are made. */
export interface LoginHttp {
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
  readonly userAgent: string;
  readonly signal?: AbortSignal;
}

/** Finds out what a login is for. Rejects with ConfigurationError when the server or the client cannot be known. */
export async function resolveTarget(program: Program, options: TargetOptions, http: LoginHttp): Promise<LoginTarget> {
  const { settings, book } = program;
  const name = options.profileName ?? settings.profile ?? (await book.active()) ?? 'default';
  const found = await book.find(name);
  const { defaults } = await book.config();
  const { fallback } = options;
  const named = options.issuer ?? options.apiUrl ?? settings.issuer ?? settings.apiUrl;
  const free = named ?? fallback?.issuer ?? fallback?.apiUrl;
  if (!found && options.profileName !== undefined && name !== 'default' && !free) throw profileNotFound(name);
  const profile: Profile = found ?? { ...defaults, name };
  const place = await resolvePlace(program, options, profile, http);
  const secrets = await storedSecrets(await program.store(), { ...profile, issuer: place.issuer });
  const { clientSecret, privateKey, apiKey } = secrets?.secrets ?? {};
  return {
    ...place,
    profile: name,
    isNew: found === undefined,
    resource: options.resource ?? settings.resource ?? profile.resource,
    method: profile.method,
    callbackPort: options.callbackPort ?? settings.callbackPort ?? profile.callbackPort,
    dpop: profile.dpop ?? false,
    clientSecret: clientSecret === undefined ? settings.clientSecret : Secret.from(clientSecret),
    privateKeyJwk: privateKey === undefined ? undefined : (JSON.parse(privateKey) as PrivateJwk),
    apiKey: apiKey === undefined ? undefined : Secret.from(apiKey),
    server: await discover(place.issuer, http),
  };
}

/** A connection for one login; with a fresh key where the tokens are to be bound to one. */
export async function connectTo(
  target: LoginTarget,
  program: Program,
  http: LoginHttp,
): Promise<{ readonly connection: Connection; readonly privateKey?: string }> {
  const key = target.dpop ? await createDpopKey() : undefined;
  const connection = await connect({ ...http, ...target, dpopKey: key?.pair, clock: program.clock });
  return { connection, privateKey: key?.text };
}

interface Place {
  readonly issuer: string;
  readonly clientId: string;
  readonly apiUrl?: string;
  readonly scopes: readonly string[];
  readonly askedScopes?: readonly string[];
}

/** The server's published defaults fill in what nobody has said; they are asked for only when something is missing. */
async function resolvePlace(
  program: Program,
  options: TargetOptions,
  profile: Profile,
  http: LoginHttp,
): Promise<Place> {
  const { settings } = program;
  const { fallback } = options;
  const apiUrl = options.apiUrl ?? settings.apiUrl ?? profile.apiUrl ?? fallback?.apiUrl;
  // An address that is named now beats the issuer that the profile remembers for another address.
  const moved = options.apiUrl !== undefined && profile.apiUrl !== undefined && options.apiUrl !== profile.apiUrl;
  const remembered = moved ? undefined : profile;
  const issuer = options.issuer ?? settings.issuer ?? remembered?.issuer ?? (moved ? undefined : fallback?.issuer);
  const clientId = options.clientId ?? settings.clientId ?? remembered?.clientId ?? fallback?.clientId;
  const scopes = options.scopes ?? settings.scopes ?? profile.scopes ?? fallback?.scopes;
  const asked = apiUrl ?? issuer;
  if (asked === undefined) throw noServer(program);
  const complete = issuer !== undefined && clientId !== undefined && scopes !== undefined;
  const published = complete ? undefined : await readCliConfiguration(asked, http);
  const ours = published !== undefined && (issuer === undefined || published.issuer === issuer);
  return {
    issuer: issuer ?? published?.issuer ?? asked,
    clientId: clientId ?? (ours ? published.clientId : undefined) ?? missingClient(asked),
    apiUrl: apiUrl ?? (ours ? published.apiUrl : undefined),
    scopes: scopes ?? (ours ? published.scopes : []),
    askedScopes: scopes,
  };
}

function noServer(program: Program): ConfigurationError {
  return new ConfigurationError({
    message: 'No server is configured.',
    reason: 'A login has to know where to go.',
    hint: `Name it with --api-url, with ${program.envPrefix}_API_URL, or in the profile.`,
  });
}

function missingClient(server: string): never {
  throw new ConfigurationError({
    code: 'missing_client_id',
    message: 'No client id is configured.',
    reason: `The server at ${server} publishes none for command-line tools.`,
    hint: 'Name the client id in the profile or in the environment.',
  });
}
