import type { GrantId } from '@authly/oauth';
import type { AccessToken } from '../../../model/access-token.js';
import type { RefreshToken } from '../../../model/refresh-token.js';
import { wholeSeconds } from '../../whole-seconds.js';
import type { Tables } from '../tables.js';

/** Keeps new tokens; those of a grant belong to it whatever they say. */
export function storeTokens(
  tables: Tables,
  {
    grantId,
    accessToken,
    refreshToken,
  }: {
    readonly grantId?: GrantId;
    readonly accessToken: AccessToken;
    readonly refreshToken?: RefreshToken;
  },
): void {
  const expiresAt = wholeSeconds(accessToken.expiresAt);
  const record = { ...accessToken, grantId: grantId ?? accessToken.grantId, expiresAt };
  tables.accessTokens.set(accessTokenKey(accessToken.jti, expiresAt), record);
  if (refreshToken === undefined) return;
  tables.refreshTokens.set(refreshToken.hash, {
    token: { ...refreshToken, grantId: grantId ?? refreshToken.grantId },
  });
}

export function accessTokenKey(jti: string, expiresAt: Date): string {
  return `${wholeSeconds(expiresAt).getTime()} ${jti}`;
}
