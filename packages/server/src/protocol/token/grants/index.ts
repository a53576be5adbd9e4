import type { GrantType, TokenResponse } from '@authly/oauth';
import type { Context } from '../../../ports/context.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import type { TokenRequest } from '../token-request.js';
import { authorizationCodeGrant } from './authorization-code.js';
import { clientCredentialsGrant } from './client-credentials.js';
import { deviceCodeGrant } from './device-code.js';
import { passwordGrant } from './password.js';
import { refreshTokenGrant } from './refresh-token.js';

export type GrantHandler = (
  request: TokenRequest,
  client: AuthenticatedClient,
  context: Context,
) => Promise<TokenResponse>;

/** One handler for every grant type; a missing one does not compile. */
export const GRANTS = {
  authorization_code: authorizationCodeGrant,
  refresh_token: refreshTokenGrant,
  client_credentials: clientCredentialsGrant,
  password: passwordGrant,
  'urn:ietf:params:oauth:grant-type:device_code': deviceCodeGrant,
} as const satisfies Record<GrantType, GrantHandler>;
