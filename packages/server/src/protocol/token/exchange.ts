import type { GrantType, TokenResponse } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { authenticateClient } from '../client/authenticate.js';
import type { AuthenticatedClient } from '../client/authenticated-client.js';
import { OAuthError } from '../error.js';
import { FIRST_PARTY_CLIENT_ID } from '../first-party.js';
import { GRANTS } from './grants/index.js';
import { grantTypeOf, type TokenRequest } from './token-request.js';

/** The token endpoint, in phases: which grant, which client, may it, then the grant itself. @spec OAuth 2.1 §3.2 */
// @check 125, 126, 130, 131
export async function exchange(request: TokenRequest, context: Context): Promise<TokenResponse> {
  // 1 which grant is asked for
  const grantType = grantTypeOf(request.form);
  if (grantType === 'password' && !context.settings['password_grant.enabled']) throw passwordGrantOff();
  // 2 which client asks
  const authenticated = await authenticateClient({ ...request, fallback: fallbackFor(grantType) }, context);
  // 3 may it use this grant
  mayUse(grantType, authenticated);
  // 4 the grant decides, stores what it issued, and answers
  return GRANTS[grantType](request, authenticated, context);
}

/** Scripts log in with a name and a password alone; they are taken for our own public client. */
function fallbackFor(grantType: GrantType): string | undefined {
  return grantType === 'password' || grantType === 'refresh_token' ? FIRST_PARTY_CLIENT_ID : undefined;
}

function mayUse(grantType: GrantType, { client }: AuthenticatedClient): void {
  if (client.grantTypes.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `This client is not registered for the grant type ${grantType}.`);
}

function passwordGrantOff(): OAuthError {
  return new OAuthError(
    'unsupported_grant_type',
    'The password grant is switched off. An operator can switch it on with AUTHLY_PASSWORD_GRANT_ENABLED=true; logging in by browser or device code is safer.',
  );
}
