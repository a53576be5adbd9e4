import type { ClaimsRequest } from '../../model/tokens/claims-request.js';

/** What an ID token says of the login itself, asked for or not. @spec OpenID Connect Core §2 */
const OF_THE_LOGIN = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'azp',
  'sid',
  'at_hash',
]);

/** What is consented to besides scopes: claims that were asked for one by one, and the resources that the tokens are for. */
// @check 90
export function consentExtras({
  claims,
  resources = [],
}: {
  readonly claims?: ClaimsRequest;
  readonly resources?: readonly string[];
}): readonly string[] {
  return [...claimScopes(claims), ...resources.map((resource) => `resource:${resource}`)];
}

/** The resource that part of a consent names; `undefined` for any other part. */
export function consentedResource(part: string): string | undefined {
  return part.startsWith('resource:') ? part.slice('resource:'.length) : undefined;
}

/** Claims that were asked for one by one. */
export function claimScopes(claims: ClaimsRequest | undefined): readonly string[] {
  const names = Object.keys({ ...claims?.userinfo, ...claims?.id_token });
  return names.filter((name) => !OF_THE_LOGIN.has(name)).map((name) => `claim:${name}`);
}
