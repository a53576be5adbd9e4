import type { TokenHash } from '@authly/oauth';
import type { AccessToken } from '../../../model/tokens/access-token.js';
import type { AuditEntry } from '../../../model/audit-event.js';
import type { AuthorizationCode } from '../../../model/tokens/authorization-code.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { RefreshToken } from '../../../model/tokens/refresh-token.js';
import type { User } from '../../../model/people/user.js';

export interface CodeRedemption {
  readonly hash: TokenHash;
  readonly now: Date;
  readonly accessToken: AccessToken;
  readonly refreshToken?: RefreshToken;
  /** Stored with the tokens, or not at all. */
  readonly event: AuditEntry;
}

export interface AuthorizationCodeStore {
  /**
   * Stores the grant and its code together, and uses up the pushed request that they are for; false when the session or all logins of the
   * person were ended meanwhile, or the pushed request was used before.
   */
  issue(grant: Grant, code: AuthorizationCode, pushed?: TokenHash): Promise<boolean>;
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
