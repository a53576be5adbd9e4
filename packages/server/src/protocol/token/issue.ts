import { formatScope, type TokenResponse } from '@authly/oauth';
import type { AccessToken } from '../../model/access-token.js';
import type { Client } from '../../model/client.js';
import type { Grant } from '../../model/grant.js';
import type { RefreshToken } from '../../model/refresh-token.js';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { mintAccessToken } from './access-token.js';
import { mintIdToken } from './id-token.js';
import { mintRefreshToken } from './refresh-token.js';

export interface IssueInput {
  readonly client: Client;
  readonly grant: Grant;
  readonly user: User;
  /** The access token's scopes and resources: the grant's, or fewer. */
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  /** The place of the new refresh token in its chain. */
  readonly generation: number;
  readonly nonce?: string;
}

/** Tokens that are made but not yet stored; the answer may go out only after they are. */
export interface IssuedTokens {
  readonly accessToken: AccessToken;
  readonly refreshToken?: RefreshToken;
  readonly response: TokenResponse;
}

/** Makes the tokens of a grant for a person. */
export async function issueTokens(
  input: IssueInput,
  context: Pick<Context, 'clock' | 'random' | 'signer' | 'hashing' | 'settings'>,
): Promise<IssuedTokens> {
  const { client, grant, user, scopes } = input;
  const access = await mintAccessToken(input, context);
  const refresh = client.grantTypes.includes('refresh_token') ? mintRefreshToken(input, context) : undefined;
  const idToken = scopes.includes('openid')
    ? await mintIdToken({ client, grant, user, accessToken: access.jwt, nonce: input.nonce }, context)
    : undefined;
  return {
    accessToken: access.record,
    refreshToken: refresh?.record,
    response: {
      access_token: access.jwt,
      token_type: 'Bearer',
      expires_in: access.expiresIn,
      scope: formatScope(scopes),
      ...(refresh && { refresh_token: refresh.secret }),
      ...(idToken !== undefined && { id_token: idToken }),
      ...(user.requiresPasswordChange && { requires_password_change: true }),
    },
  };
}
