import type { TokenHash } from '@authly/oauth';
import type { AccessToken } from '../../../model/tokens/access-token.js';
import type { AuditEntry } from '../../../model/audit-event.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { RefreshToken, SealedReplay } from '../../../model/tokens/refresh-token.js';
import type { User } from '../../../model/people/user.js';

export interface Rotation {
  readonly hash: TokenHash;
  readonly now: Date;
  readonly successor: RefreshToken;
  readonly accessToken: AccessToken;
  readonly replay: SealedReplay;
  /** Stored with the tokens, or not at all. */
  readonly event: AuditEntry;
}

export interface FoundRefreshToken {
  readonly token: RefreshToken;
  readonly grant: Grant;
  readonly user?: User;
  /** Present once the token was used, until its successor is. */
  readonly replay?: SealedReplay;
  /** The token that replaced this one has been used itself: a repeat can no longer be a lost answer. */
  readonly successorConsumed: boolean;
}

export interface RefreshTokenStore {
  /** Stores a grant that starts with a refresh token and an access token (password grant); false when the person's logins were ended meanwhile. */
  start(family: {
    readonly grant: Grant;
    readonly accessToken: AccessToken;
    readonly refreshToken?: RefreshToken;
    readonly event: AuditEntry;
  }): Promise<boolean>;
  find(hash: TokenHash): Promise<FoundRefreshToken | undefined>;
  /**
   * One statement decides: consumes the token and stores its successor, the access token and the sealed answer, or nothing.
   * A revocation that commits first always wins.
   */
  rotate(rotation: Rotation): Promise<'rotated' | 'consumed' | 'expired' | 'revoked' | 'unknown'>;
}
