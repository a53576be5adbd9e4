/** The short, fixed order in which a credential is looked for. Nothing is probed over the network, and the winner can be named. */
import { apiKeyCredential, staticTokenCredential } from '../credentials/api-key.js';
import { clientCredentialsCredential } from '../credentials/client-credentials.js';
import type { Credential } from '../credentials/credential.js';
import type { OAuthCredentialOptions } from '../credentials/oauth-credential.js';
import { isAuthError } from '../errors/auth-error.js';
import { ConfigurationError, LoginRequiredError } from '../errors/credential-errors.js';
import { readCliConfiguration } from '../flows/cli-configuration.js';
import { pipelineHint } from '../profiles/pipeline.js';
import { profileNotFound } from '../profiles/profile-book.js';
import type { Program } from '../profiles/program.js';
import type { Secret } from '../secret.js';
import { loginRequired } from '../session/session-end.js';
import type { ConsideredRule, CredentialDescription, CredentialRule } from './credential-description.js';
import { profileCredential, storedSessionCredential } from './profile-credential.js';

/** What the caller named itself. */
export interface ResolveOptions extends Partial<Omit<OAuthCredentialOptions, 'profile'>> {
  readonly profile?: string;
  readonly credential?: Credential;
  readonly apiKey?: Secret;
  readonly method?: string;
}

/** The credential that was found, and where it may be used. */
export interface Resolution {
  readonly credential: Credential;
  readonly issuer?: string;
  readonly apiUrl?: string;
  readonly profile?: string;
  readonly description: CredentialDescription;
}

type Found = Omit<Resolution, 'description'>;

interface Rule {
  readonly rule: CredentialRule;
  readonly source: string;
  readonly method?: string;
  readonly present: boolean;
  readonly resolve: () => Promise<Found>;
}

/** Finds the credential. Rejects with LoginRequiredError when no rule applies, ConfigurationError for a profile that is not there. */
export async function resolveCredential(program: Program, options: ResolveOptions): Promise<Resolution> {
  const rules = await rulesOf(program, options);
  const pinned = options.method === undefined || options.method === 'auto' ? program.settings.method : undefined;
  const allowed = (rule: Rule) => pinned === undefined || rule.method === undefined || rule.method === pinned;
  const winner = rules.find((rule) => rule.present && allowed(rule));
  const considered = rules.map((rule): ConsideredRule => {
    const { rule: name, source } = rule;
    if (rule === winner) return { rule: name, source, outcome: 'used' };
    if (!rule.present) return { rule: name, source, outcome: 'absent' };
    return { rule: name, source, outcome: allowed(rule) ? 'overridden' : 'excluded' };
  });
  const used = considered.find(({ outcome }) => outcome === 'used');
  try {
    if (!winner) throw loginRequired({ login: program.loginCommand(), reason: noCredential(program) });
    return { ...(await winner.resolve()), description: { winner: used, considered } };
  } catch (error) {
    throw forPipeline(error, program);
  }
}

/** In a pipeline nobody can run the command that logs in: what to set is said in its place. */
function forPipeline(error: unknown, program: Program): unknown {
  const hint = pipelineHint(program);
  if (hint === undefined || !isAuthError(error, 'login_required')) return error;
  return new LoginRequiredError({ message: error.message, reason: error.reason, hint });
}

/** The rules in their order: explicit, `--profile`, the variables, the profiles that are only implied. */
async function rulesOf(program: Program, options: ResolveOptions): Promise<readonly Rule[]> {
  const { settings, envPrefix, book } = program;
  const active = await book.active();
  const server = () => serverOf(program, options);
  const profile = (name: string) => byProfile(program, options, name);
  const rules: Rule[] = [
    {
      rule: 'explicit',
      source: 'constructor options',
      present: Boolean(options.credential ?? options.apiKey ?? (options.issuer && options.clientId)),
      resolve: () => explicit(program, options),
    },
    named('explicit_profile', 'profile option', options.profile, profile),
    {
      rule: 'env_token',
      source: `${envPrefix}_TOKEN`,
      method: 'static_token',
      present: settings.token !== undefined,
      resolve: async () => ({ ...(await server()), credential: environmentKey(staticTokenCredential, settings.token) }),
    },
    {
      rule: 'env_api_key',
      source: `${envPrefix}_API_KEY`,
      method: 'api_key',
      present: settings.apiKey !== undefined,
      resolve: async () => ({ ...(await server()), credential: environmentKey(apiKeyCredential, settings.apiKey) }),
    },
    {
      rule: 'env_client_credentials',
      source: `${envPrefix}_CLIENT_ID and ${envPrefix}_CLIENT_SECRET`,
      method: 'client_credentials',
      present: settings.clientId !== undefined && settings.clientSecret !== undefined,
      resolve: () => environmentClient(program, options),
    },
    named('env_profile', `${envPrefix}_PROFILE`, settings.profile, profile),
    named('active_profile', `active profile ${active ?? ''}`.trim(), active, profile),
    named('default_profile', 'profile default', (await isSetUp(program, 'default')) ? 'default' : undefined, profile),
  ];
  return rules;
}

function named(
  rule: CredentialRule,
  source: string,
  name: string | undefined,
  resolve: (name: string) => Promise<Found>,
): Rule {
  return { rule, source, present: name !== undefined, resolve: () => resolve(name ?? '') };
}

async function explicit(program: Program, options: ResolveOptions): Promise<Found> {
  const where = { issuer: options.issuer, apiUrl: options.apiUrl ?? program.settings.apiUrl };
  if (options.credential) return { ...where, credential: options.credential };
  if (options.apiKey) return { ...where, credential: apiKeyCredential({ key: options.apiKey }) };
  const client = await oauthOptions(program, options, {
    issuer: options.issuer ?? '',
    clientId: options.clientId ?? '',
  });
  const machine = options.clientSecret ?? options.privateKeyJwk ?? options.assertion;
  if (machine && (options.method ?? 'auto') !== 'authorization_code' && options.method !== 'device_code') {
    return { ...where, credential: clientCredentialsCredential(client) };
  }
  return { ...where, credential: await storedSessionCredential(client) };
}

async function byProfile(program: Program, options: ResolveOptions, name: string): Promise<Found> {
  const profile = await program.book.find(name);
  if (!profile && !(await isSetUp(program, name))) throw profileNotFound(name);
  const found = profile ?? { name };
  const defaults = await oauthOptions(program, options, {
    issuer: found.issuer ?? options.issuer ?? '',
    clientId: found.clientId ?? options.clientId ?? '',
  });
  return profileCredential(program, found, { ...defaults, profile: name, login: program.loginCommand(name) });
}

async function environmentClient(program: Program, options: ResolveOptions): Promise<Found> {
  const { settings } = program;
  const where = await serverOf(program, options);
  const issuer = where.issuer ?? (await discoveredIssuer(program, options, where.apiUrl));
  const client = await oauthOptions(program, options, { issuer, clientId: settings.clientId ?? '' });
  const credential = clientCredentialsCredential({
    ...client,
    clientSecret: settings.clientSecret,
    scopes: options.scopes ?? settings.scopes,
    resource: options.resource ?? settings.resource,
  });
  return { ...where, issuer, credential };
}

/** The server that goes with variables: named by them, else by the defaults of the configuration. */
async function serverOf(program: Program, options: ResolveOptions): Promise<{ issuer?: string; apiUrl?: string }> {
  const { defaults } = await program.book.config();
  return {
    issuer: options.issuer ?? program.settings.issuer ?? defaults.issuer,
    apiUrl: options.apiUrl ?? program.settings.apiUrl ?? defaults.apiUrl,
  };
}

async function discoveredIssuer(
  program: Program,
  options: ResolveOptions,
  apiUrl: string | undefined,
): Promise<string> {
  if (apiUrl !== undefined) {
    const published = await readCliConfiguration(apiUrl, { fetch: options.fetch, timeoutMs: options.timeoutMs });
    return published?.issuer ?? apiUrl;
  }
  throw new ConfigurationError({
    message: 'No authorization server is configured.',
    reason: `A client id and a secret are set, but not where to use them.`,
    hint: `Set ${program.envPrefix}_ISSUER or ${program.envPrefix}_API_URL.`,
  });
}

async function oauthOptions(
  program: Program,
  options: ResolveOptions,
  client: { readonly issuer: string; readonly clientId: string },
): Promise<OAuthCredentialOptions> {
  const { credential: _credential, apiKey: _apiKey, method: _method, ...rest } = options;
  return {
    ...rest,
    ...client,
    store: options.store ?? (await program.store()),
    clock: program.clock,
    login: program.loginCommand(options.profile),
  };
}

async function isSetUp(program: Program, name: string): Promise<boolean> {
  if (await program.book.find(name)) return true;
  // A store that cannot be read may well hold it: choosing the rule then tells what is wrong with the store.
  const records = await (await program.store()).list().catch(() => undefined);
  return records === undefined || records.some((record) => record.kind === 'session' && record.profile === name);
}

function environmentKey(
  make: (options: { key: Secret; source: 'environment' }) => Credential,
  key: Secret | undefined,
): Credential {
  if (!key) throw new Error('the rule was chosen without its variable');
  return make({ key, source: 'environment' });
}

function noCredential(program: Program): string {
  return `There is no stored session, and none of ${program.envPrefix}_TOKEN, ${program.envPrefix}_API_KEY and ${program.envPrefix}_CLIENT_ID is set.`;
}
