import type { TokenHash } from '@authly/oauth';
import type { AccessToken } from '../../model/access-token.js';
import type { AuthorizationCode } from '../../model/authorization-code.js';
import type { Grant } from '../../model/grant.js';
import type { RefreshToken } from '../../model/refresh-token.js';
import type { User } from '../../model/user.js';

export interface CodeRedemption {
  readonly hash: TokenHash;
  readonly now: Date;
  readonly accessToken: AccessToken;
  readonly refreshToken?: RefreshToken;
}

export interface AuthorizationCodeStore {
  /** Stores the grant and its code together. */
  issue(grant: Grant, code: AuthorizationCode): Promise<void>;
  /** The code with its grant and the person, whatever its state. */
  find(
    hash: TokenHash,
  ): Promise<{ readonly code: AuthorizationCode; readonly grant: Grant; readonly user: User } | undefined>;
  /**
   * One statement decides: the first caller stores its tokens; everyone else gets the reason why not.
   * `revoked`: the grant was revoked meanwhile.
   */
  redeem(redemption: CodeRedemption): Promise<'redeemed' | 'replayed' | 'expired' | 'revoked' | 'unknown'>;
}
