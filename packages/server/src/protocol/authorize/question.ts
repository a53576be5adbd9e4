import {
  isCodeChallenge,
  isPrompt,
  type OAuthErrorCode,
  type Parameters,
  type Prompt,
  parseScope,
} from '@authly/oauth';
import type { AuthorizationQuestion } from '../../model/tokens/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import type { RefusalReason } from '../refusal-reason.js';
import { checkWish } from '../resource/check-wish.js';
import { readResources } from '../resource/read-resources.js';
import { readClaims } from './claims-parameter.js';
import { hintedSubject } from './id-token-hint.js';

/** The most characters of parameters that may be long; all others have 512. */
export const LONGEST = {
  state: 2048,
  nonce: 512,
  id_token_hint: 8192,
  claims: 8192,
  scope: 4096,
  redirect_uri: 2000,
} as const;
const LONGEST_OTHER = 512;

/** Checks the parameters that every way to ask for a code has. @spec OAuth 2.1 §4.1.1 */
// @check 36, 37, 38, 39, 43, 44, 46, 49, 52, 54
export async function readQuestion(
  parameters: Parameters,
  client: Client,
  context: Context,
): Promise<AuthorizationQuestion> {
  const { values } = parameters;
  const wish = { scopes: scopeOf(values.get('scope')), resources: readResources(parameters.lists.get('resource')) };
  const { scopes, resources } = await checkWish(wish, client, context);
  const claims = readClaims(values.get('claims'), refuse);
  const hinted = await hintedSubject(values.get('id_token_hint'), context);
  if (hinted === 'invalid') refuse('invalid_request', 'id_token_hint was not signed by this server.');
  const isOpenId = scopes.includes('openid');
  const codeChallenge = checkChallenge(values, { client, hasNonce: isOpenId && values.has('nonce') });
  return {
    clientId: client.clientId,
    scopes,
    resources,
    codeChallenge,
    prompts: promptsOf(values.get('prompt')),
    maxAge: maxAgeOf(values.get('max_age')) ?? client.defaultMaxAge,
    acrValues: (values.get('acr_values') ?? '').split(' ').filter((value) => value !== ''),
    nonce: isOpenId ? values.get('nonce') : undefined,
    boundTo: keyOf(values.get('dpop_jkt')),
    claims: isOpenId ? claims : undefined,
    hintedSubject: hinted,
  };
}

/** What is asked in a form that is not offered is never silently ignored. @spec OpenID Connect Core §6.1 */
// @check 57
export function refuseRequestObjects(values: ReadonlyMap<string, string>): void {
  if (values.has('request') && values.has('request_uri'))
    refuse('invalid_request', 'request and request_uri cannot be used together.');
  if (values.has('request')) refuse('request_not_supported', 'Request objects are not supported.');
  if (values.has('request_uri')) refuse('request_uri_not_supported', 'request_uri is not supported.');
  if (values.has('registration')) refuse('registration_not_supported', 'The registration parameter is not supported.');
}

/** The name of a known parameter that is longer than it can have a reason to be. */
export function tooLongParameter(values: ReadonlyMap<string, string>, known: ReadonlySet<string>): string | undefined {
  const limits: Readonly<Record<string, number>> = LONGEST;
  return [...values].find(([name, value]) => known.has(name) && value.length > (limits[name] ?? LONGEST_OTHER))?.[0];
}

function refuse(code: OAuthErrorCode, description: string, reason?: RefusalReason): never {
  throw new OAuthError(code, description, { reason });
}

function scopeOf(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const scopes = parseScope(value);
  if (!scopes) refuse('invalid_scope', 'scope holds a character that is not allowed.');
  return scopes;
}

/** @spec OAuth 2.1 §4.1.1, §7.5.1.1 */
function checkChallenge(
  values: ReadonlyMap<string, string>,
  /** A nonce protects only where an ID token brings it back. */
  { client, hasNonce }: { readonly client: Client; readonly hasNonce: boolean },
): string | undefined {
  const challenge = values.get('code_challenge');
  const method = values.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) refuse('invalid_request', 'code_challenge_method was sent without code_challenge.');
    if (client.type === 'public' || client.pkce === 'required')
      refuse('invalid_request', 'The parameter code_challenge is missing: use PKCE with S256.', 'pkce_missing');
    if (client.pkce === 'or_nonce' && !hasNonce)
      refuse(
        'invalid_request',
        'code_challenge and nonce are both missing: use PKCE with S256, or send a nonce with the scope openid.',
        'pkce_missing',
      );
    return undefined;
  }
  // Without a method the default would be plain, which is not offered.
  if (method !== 'S256') refuse('invalid_request', 'code_challenge_method must be S256.');
  if (!isCodeChallenge(challenge))
    refuse('invalid_request', 'code_challenge must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~');
  return challenge;
}

/** @spec RFC 9449 §10 */
// @check 65
function keyOf(value: string | undefined): string | undefined {
  if (value !== undefined && !/^[\w-]{43}$/.test(value))
    refuse('invalid_request', 'dpop_jkt must be the SHA-256 thumbprint of a key, 43 characters of base64url.');
  return value;
}

function promptsOf(value: string | undefined): readonly Prompt[] {
  const prompts = [...new Set((value ?? '').split(' ').filter((word) => word !== ''))];
  const known = prompts.filter(isPrompt);
  if (known.length < prompts.length)
    refuse('invalid_request', 'prompt may hold none, login, consent and select_account.');
  if (known.includes('none') && known.length > 1)
    refuse('invalid_request', 'prompt=none cannot be combined with other values.');
  return known;
}

function maxAgeOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) refuse('invalid_request', 'max_age must be a whole number of seconds, 0 or more.');
  return Number(value);
}
