import { formatScope, type TokenResponse } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { AccessToken } from '../../model/tokens/access-token.js';
import type { RefreshToken } from '../../model/tokens/refresh-token.js';
import type { Context } from '../../ports/context.js';
import type { TokenBinding } from '../proof/binding.js';
import { scopesFor } from '../resource/target-scopes.js';
import { mintAccessToken } from './access-token.js';
import type { Authorization } from './authorization.js';
import { mintIdToken } from './id-token.js';
import { mintRefreshToken } from './refresh-token.js';

/** Tokens that are made but not stored; the answer may go out only after they are. */
export interface MintedTokens {
  readonly accessToken: AccessToken;
  readonly refreshToken?: RefreshToken;
  readonly response: TokenResponse;
}

/** Makes the tokens of an authorization. Nobody has seen them yet. */
export async function mintTokens(
  { client, login, scopes, target }: Authorization,
  binding: TokenBinding,
  context: Pick<Context, 'clock' | 'random' | 'signer' | 'hashing' | 'settings' | 'directory'>,
): Promise<MintedTokens> {
  const accessScopes = await scopesFor(target, scopes, context);
  const access = await mintAccessToken({ client, grant: login?.grant, scopes: accessScopes, target, binding }, context);
  const response = {
    access_token: access.jwt,
    token_type: binding.tokenType,
    expires_in: access.expiresIn,
    scope: formatScope(accessScopes),
  };
  if (login === undefined) return { accessToken: access.record, response };
  const refresh = client.grantTypes.includes('refresh_token')
    ? mintRefreshToken({ client, ...login, boundTo: refreshKey(client, binding) }, context)
    : undefined;
  const idToken = scopes.includes('openid')
    ? await mintIdToken({ client, ...login, scopes, accessToken: access.jwt }, context)
    : undefined;
  return {
    accessToken: access.record,
    refreshToken: refresh?.record,
    response: {
      ...response,
      ...(refresh && { refresh_token: refresh.secret }),
      ...(idToken !== undefined && { id_token: idToken }),
      ...(login.user.requiresPasswordChange && { requires_password_change: true }),
    },
  };
}

/** The refresh tokens of a client that can prove itself are not bound to a key: it may change its keys. @spec RFC 9449 §5 */
function refreshKey({ type }: Client, binding: TokenBinding): string | undefined {
  return type === 'public' ? binding.confirmation?.jkt : undefined;
}
