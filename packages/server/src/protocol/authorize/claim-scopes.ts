import type { ClaimsRequest } from '../../model/claims-request.js';

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

/** Claims that were asked for one by one are part of what is consented to. */
export function claimScopes(claims: ClaimsRequest | undefined): readonly string[] {
  const names = Object.keys({ ...claims?.userinfo, ...claims?.id_token });
  return names.filter((name) => !OF_THE_LOGIN.has(name)).map((name) => `claim:${name}`);
}
