import {
  isCodeChallenge,
  isPrompt,
  type OAuthErrorCode,
  type Parameters,
  type Prompt,
  parseScope,
} from '@authly/oauth';
import type { AuthorizationQuestion } from '../../model/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { checkScopes } from '../client/allowed-scopes.js';
import { OAuthError } from '../error.js';
import { checkResources } from '../token/audience.js';
import { readClaims } from './claims-parameter.js';
import { hintedSubject } from './id-token-hint.js';

/** The parameters of an authorization request that say what is asked for, not where the answer goes. */
export const QUESTION_PARAMETERS: readonly string[] = [
  'response_type',
  'client_id',
  'scope',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'prompt',
  'max_age',
  'id_token_hint',
  'acr_values',
  'claims',
  'request',
  'request_uri',
  'registration',
];

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
  const scopes = await checkScopes(scopeOf(values.get('scope')), client, context);
  const resources = checkResources(parameters.lists.get('resource'));
  const codeChallenge = checkChallenge(values, client);
  const claims = readClaims(values.get('claims'), refuse);
  const hinted = await hintedSubject(values.get('id_token_hint'), context);
  if (hinted === 'invalid') refuse('invalid_request', 'id_token_hint was not signed by this server.');
  const isOpenId = scopes.includes('openid');
  return {
    clientId: client.clientId,
    scopes,
    resources,
    codeChallenge,
    prompts: promptsOf(values.get('prompt')),
    maxAge: maxAgeOf(values.get('max_age')) ?? client.defaultMaxAge,
    acrValues: (values.get('acr_values') ?? '').split(' ').filter((value) => value !== ''),
    nonce: isOpenId ? values.get('nonce') : undefined,
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

function refuse(code: OAuthErrorCode, description: string): never {
  throw new OAuthError(code, description);
}

function scopeOf(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const scopes = parseScope(value);
  if (!scopes) refuse('invalid_scope', 'scope holds a character that is not allowed.');
  return scopes;
}

/** @spec OAuth 2.1 §4.1.1, §7.5.1.1 */
function checkChallenge(values: ReadonlyMap<string, string>, client: Client): string | undefined {
  const challenge = values.get('code_challenge');
  const method = values.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) refuse('invalid_request', 'code_challenge_method was sent without code_challenge.');
    const mayGoWithout = client.type === 'confidential' && !client.requirePkce && values.has('nonce');
    if (!mayGoWithout) refuse('invalid_request', 'The parameter code_challenge is missing: use PKCE with S256.');
    return undefined;
  }
  // Without a method the default would be plain, which is not offered.
  if (method !== 'S256') refuse('invalid_request', 'code_challenge_method must be S256.');
  if (!isCodeChallenge(challenge))
    refuse('invalid_request', 'code_challenge must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~');
  return challenge;
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
