import { SECRET_PREFIX } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Grant } from '../../model/tokens/grant.js';
import type { RefreshToken } from '../../model/tokens/refresh-token.js';
import type { Context } from '../../ports/context.js';

export interface MintedRefreshToken {
  readonly secret: string;
  readonly record: RefreshToken;
}

/** Makes the next refresh token of a grant. It never outlives the grant. @spec RFC 9700 §4.14.2 */
// @check 160, 266
export function mintRefreshToken(
  input: {
    readonly client: Client;
    readonly grant: Grant;
    readonly generation: number;
    readonly boundTo: string | undefined;
  },
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings'>,
): MintedRefreshToken {
  const now = context.clock.now();
  const lifetime = input.client.refreshTokenLifetime ?? context.settings['tokens.refresh_lifetime'];
  const end = Math.min(now.getTime() + lifetime * 1000, input.grant.expiresAt.getTime());
  const secret = `${SECRET_PREFIX.refreshToken}${context.random.bytes(32).toString('base64url')}`;
  return {
    secret,
    record: {
      hash: context.hashing.tokenHash(secret),
      grantId: input.grant.id,
      generation: input.generation,
      boundTo: input.boundTo,
      createdAt: now,
      expiresAt: new Date(end),
    },
  };
}
