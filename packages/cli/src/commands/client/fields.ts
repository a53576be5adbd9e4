import { readFileSync } from 'node:fs';
import type { Reply } from '@authly/admin-api/client';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import type { Field } from '../../output.js';
import { choice, integer, text, texts, type Values } from '../../program/option.js';
import { utc } from '../../terminal/time.js';

/** What a client is made of, for the commands that create, change and show one. */

export type Client = Reply<'getClient'>;

/** Options that creating and changing share. */
export const clientOptions = {
  clientUri: text('Client homepage URL'),
  logoUri: text('Client logo URL'),
  tosUri: text('Terms of service URL'),
  policyUri: text('Privacy policy URL'),
  contacts: texts('Contact email (can be used multiple times)'),
  postLogoutRedirectUri: texts('Redirect URI after logout (can be used multiple times)'),
  grantType: texts(
    'authorization_code, refresh_token, client_credentials, device_code or authorization_challenge (repeatable)',
  ),
  authMethod: choice(
    ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none', 'basic', 'post'],
    'How the client authenticates at the token endpoint',
  ),
  jwksUri: text('Address of the public keys of the client'),
  jwksFile: text('File with the public keys of the client', { placeholder: 'PATH', completes: 'file' }),
  idTokenAlg: choice(['RS256', 'ES256', 'PS256', 'EdDSA'], 'Algorithm that signs its ID tokens'),
  subjectType: choice(['public', 'pairwise'], 'Same subject identifier for all clients, or one of its own'),
  applicationType: choice(['web', 'native'], 'Web application, or one on the device of the user'),
  accessTokenLifetime: integer('Seconds that its access tokens live', { min: 1 }),
  refreshTokenLifetime: integer('Seconds that its refresh tokens live', { min: 1 }),
} as const;

type Given = Partial<Values<typeof clientOptions>>;

/** The body of those options; what was not given is absent, an empty text clears. */
export function clientBody(given: Given) {
  return {
    client_uri: cleared(given.clientUri),
    logo_uri: cleared(given.logoUri),
    tos_uri: cleared(given.tosUri),
    policy_uri: cleared(given.policyUri),
    contacts: listed(given.contacts),
    post_logout_redirect_uris: listed(given.postLogoutRedirectUri),
    grant_types: grantTypes(given.grantType),
    token_endpoint_auth_method: authMethod(given.authMethod),
    jwks_uri: cleared(given.jwksUri),
    jwks: given.jwksFile === undefined ? undefined : readJwks(given.jwksFile),
    id_token_signed_response_alg: given.idTokenAlg,
    subject_type: given.subjectType,
    application_type: given.applicationType,
    access_token_lifetime: given.accessTokenLifetime,
    refresh_token_lifetime: given.refreshTokenLifetime,
  };
}

/** The lines that show a client. The order of the first ones is the guide's. */
export function clientFields(client: Client, secret?: string | null): readonly Field[] {
  return [
    ['Client ID', client.client_id],
    ['Client Secret', secret],
    ['Name', client.client_name],
    ['Type', client.client_type],
    ['Redirect URIs', client.redirect_uris.join(', ')],
    ['Scopes', client.assigned_scopes.join(', ')],
    ['Status', statusOf(client)],
  ];
}

/** Everything else about a client. */
export function clientDetails(client: Client): readonly Field[] {
  return [
    ...clientFields(client),
    ['PKCE', client.require_pkce ? 'required' : 'not required'],
    ['Auth Method', client.token_endpoint_auth_method],
    ['Grant Types', client.grant_types.join(', ')],
    ['Post-Logout Redirect URIs', client.post_logout_redirect_uris.join(', ')],
    ['Homepage', client.client_uri],
    ['Logo', client.logo_uri],
    ['Terms of Service', client.tos_uri],
    ['Privacy Policy', client.policy_uri],
    ['Contacts', client.contacts.join(', ')],
    ['ID Token Algorithm', client.id_token_signed_response_alg],
    ['Subject Type', client.subject_type],
    ['Access Token Lifetime', client.access_token_lifetime && `${client.access_token_lifetime} seconds`],
    ['Refresh Token Lifetime', client.refresh_token_lifetime && `${client.refresh_token_lifetime} seconds`],
    ['Previous Secret Works Until', client.previous_secret_expires_at && utc(client.previous_secret_expires_at)],
    ['Managed By', client.is_system ? 'Authly itself (protected)' : undefined],
    ['Created', utc(client.created_at)],
    ['Updated', utc(client.updated_at)],
  ];
}

export function statusOf({ is_active }: { readonly is_active: boolean }): string {
  return is_active ? 'active' : 'inactive';
}

/** One text with spaces, or several, or both: the guide uses each. */
export function scopeList(given: readonly string[]): readonly string[] {
  return given.flatMap((part) => part.split(/[\s,]+/)).filter((scope) => scope !== '');
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const CHALLENGE = 'urn:authly:grant-type:authorization-challenge';
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, CHALLENGE] as const;
const SHORT: Readonly<Record<string, string>> = { device_code: DEVICE_CODE, authorization_challenge: CHALLENGE };

function grantTypes(given: readonly string[] | undefined): (typeof GRANTS)[number][] | undefined {
  if (given === undefined || given.length === 0) return undefined;
  return scopeList(given).map((name) => {
    const full = SHORT[name] ?? name;
    const known = GRANTS.find((grant) => grant === full);
    if (known) return known;
    throw new CliError({
      message: `Unknown grant type: ${name}`,
      reason:
        'It must be one of authorization_code, refresh_token, client_credentials, device_code and authorization_challenge.',
      hint: 'Nothing was changed. Correct --grant-type and run the command again.',
      code: 'usage',
      exitCode: EXIT.validation,
    });
  });
}

function authMethod(given: Given['authMethod']) {
  if (given === 'basic') return 'client_secret_basic' as const;
  return given === 'post' ? ('client_secret_post' as const) : given;
}

function cleared(given: string | undefined): string | null | undefined {
  return given === '' ? null : given;
}

function listed(given: readonly string[] | undefined): string[] | undefined {
  if (given === undefined || given.length === 0) return undefined;
  return given.filter((entry) => entry !== '');
}

function readJwks(path: string): { keys: Record<string, unknown>[] } {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isJwks(content)) return content;
  } catch (cause) {
    throw jwksError(path, cause instanceof SyntaxError ? 'It is not JSON.' : `It cannot be read.`);
  }
  throw jwksError(path, 'It has no array named "keys".');
}

function isJwks(value: unknown): value is { keys: Record<string, unknown>[] } {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

function jwksError(path: string, reason: string): CliError {
  return new CliError({
    message: `${path} is not a JSON Web Key Set`,
    reason,
    hint: 'It must look like {"keys": [{"kty": "EC", …}]} and hold public keys only.',
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
