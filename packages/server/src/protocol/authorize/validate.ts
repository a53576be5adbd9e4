import {
  isCodeChallenge,
  isPrompt,
  isResponseMode,
  type OAuthErrorCode,
  type Parameters,
  type Prompt,
  parseScope,
} from '@authly/oauth';
import type { AuthorizationRequest } from '../../model/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { checkScopes } from '../client/allowed-scopes.js';
import { OAuthError } from '../error.js';
import { checkResources } from '../token/audience.js';
import { AuthorizationError, type ReturnAddress } from './authorization-error.js';
import { readClaims } from './claims-parameter.js';
import { hintedSubject } from './id-token-hint.js';
import { trustRedirect } from './trust-redirect.js';

/** Every parameter that the authorization endpoint knows; each may come once. */
export const AUTHORIZATION_PARAMETERS: ReadonlySet<string> = new Set([
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'response_mode',
  'display',
  'prompt',
  'max_age',
  'ui_locales',
  'claims_locales',
  'id_token_hint',
  'login_hint',
  'acr_values',
  'claims',
  'request',
  'request_uri',
  'registration',
]);

const LONGEST: Readonly<Record<string, number>> = {
  state: 2048,
  nonce: 512,
  id_token_hint: 8192,
  claims: 8192,
  scope: 4096,
  redirect_uri: 2000,
};
const LONGEST_OTHER = 512;

/** Checks an authorization request, in the order in which its parameters are to be believed. @spec OAuth 2.1 §4.1.1 */
// @check 34, 35, 36, 37, 38, 39, 40, 42, 43, 44, 45, 46, 49, 52, 54, 57, 66
export async function validateAuthorizationRequest(
  parameters: Parameters,
  context: Context,
): Promise<{ readonly request: AuthorizationRequest; readonly client: Client }> {
  const { client, redirectUri } = await trustRedirect(parameters, context);
  const { values } = parameters;
  const returnTo = returnAddress(parameters, redirectUri);
  const refuse = (code: OAuthErrorCode, description: string): never => {
    throw new AuthorizationError(code, description, returnTo);
  };

  const [repeated] = parameters.repeated;
  if (repeated !== undefined) refuse('invalid_request', `The parameter ${repeated} was sent more than once.`);
  for (const [name, value] of values) {
    if (AUTHORIZATION_PARAMETERS.has(name) && value.length > (LONGEST[name] ?? LONGEST_OTHER))
      refuse('invalid_request', `The parameter ${name} is too long.`);
  }
  // @spec OpenID Connect Core §6.1: never silently ignored
  if (values.has('request') && values.has('request_uri'))
    refuse('invalid_request', 'request and request_uri cannot be used together.');
  if (values.has('request')) refuse('request_not_supported', 'Request objects are not supported.');
  if (values.has('request_uri')) refuse('request_uri_not_supported', 'request_uri is not supported.');
  if (values.has('registration')) refuse('registration_not_supported', 'The registration parameter is not supported.');
  const responseMode = values.get('response_mode');
  if (responseMode !== undefined && !isResponseMode(responseMode))
    refuse('invalid_request', 'response_mode must be query, fragment or form_post.');
  checkResponseType(values.get('response_type'), refuse);
  if (!client.grantTypes.includes('authorization_code'))
    refuse('unauthorized_client', 'This client is not registered for the authorization code flow.');

  const scopes = await refusing(returnTo, () => checkScopes(scopeOf(values.get('scope')), client, context));
  const resources = await refusing(returnTo, async () => checkResources(parameters.lists.get('resource')));
  const codeChallenge = checkChallenge(values, client, refuse);
  const claims = readClaims(values.get('claims'), refuse);
  const hinted = await hintedSubject(values.get('id_token_hint'), context);
  if (hinted === 'invalid') refuse('invalid_request', 'id_token_hint was not signed by this server.');

  const request: AuthorizationRequest = {
    clientId: client.clientId,
    redirectUri,
    scopes,
    responseMode: returnTo.responseMode,
    prompts: promptsOf(values.get('prompt'), refuse),
    maxAge: maxAgeOf(values.get('max_age'), refuse) ?? client.defaultMaxAge,
    acrValues: (values.get('acr_values') ?? '').split(' ').filter((value) => value !== ''),
    resources,
    state: values.get('state'),
    codeChallenge,
    nonce: scopes.includes('openid') ? values.get('nonce') : undefined,
    loginHint: values.get('login_hint'),
    hintedSubject: hinted,
    uiLocales: values.get('ui_locales'),
    display: values.get('display'),
    claims: scopes.includes('openid') ? claims : undefined,
  };
  return { request, client };
}

function returnAddress({ values, repeated }: Parameters, redirectUri: ReturnAddress['redirectUri']): ReturnAddress {
  const mode = values.get('response_mode');
  return {
    redirectUri,
    responseMode: mode !== undefined && isResponseMode(mode) && !repeated.includes('response_mode') ? mode : 'query',
    ...(values.has('state') &&
      !repeated.includes('state') && { state: (values.get('state') as string).slice(0, LONGEST.state) }),
  };
}

type Refuse = (code: OAuthErrorCode, description: string) => never;

/** Turns a refusal of a shared rule into one that travels by redirect. */
async function refusing<T>(returnTo: ReturnAddress, rule: () => Promise<T>): Promise<T> {
  try {
    return await rule();
  } catch (error) {
    if (error instanceof OAuthError) throw new AuthorizationError(error.code, error.description, returnTo);
    throw error;
  }
}

/** Only the code flow: no token ever travels through the browser. @spec RFC 9700 §2.1.2 */
function checkResponseType(value: string | undefined, refuse: Refuse): void {
  if (value === undefined) refuse('invalid_request', 'The parameter response_type is missing.');
  if (value !== 'code') refuse('unsupported_response_type', 'response_type must be code.');
}

function scopeOf(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const scopes = parseScope(value);
  if (!scopes) throw new OAuthError('invalid_scope', 'scope holds a character that is not allowed.');
  return scopes;
}

/** @spec OAuth 2.1 §4.1.1, §7.5.1.1 */
function checkChallenge(values: ReadonlyMap<string, string>, client: Client, refuse: Refuse): string | undefined {
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

function promptsOf(value: string | undefined, refuse: Refuse): readonly Prompt[] {
  const prompts = [...new Set((value ?? '').split(' ').filter((word) => word !== ''))];
  const known = prompts.filter(isPrompt);
  if (known.length < prompts.length)
    refuse('invalid_request', 'prompt may hold none, login, consent and select_account.');
  if (known.includes('none') && known.length > 1)
    refuse('invalid_request', 'prompt=none cannot be combined with other values.');
  return known;
}

function maxAgeOf(value: string | undefined, refuse: Refuse): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) refuse('invalid_request', 'max_age must be a whole number of seconds, 0 or more.');
  return Number(value);
}
