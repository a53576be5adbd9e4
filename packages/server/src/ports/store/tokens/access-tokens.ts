import type { AccessToken } from '../../../model/tokens/access-token.js';
import type { AuditEvent, RequestOrigin } from '../../../model/audit-event.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { User } from '../../../model/people/user.js';

/** An access token with everything that decides whether it is still alive. */
export interface AccessTokenState {
  readonly token: AccessToken;
  readonly grant?: Grant;
  readonly user?: User;
}

export interface AccessTokenStore {
  /** Together with the event that tells of it, or neither. Expiry is kept in whole seconds, as the `exp` claim is. */
  record(token: AccessToken, event: AuditEvent, origin: RequestOrigin): Promise<void>;
  /** `expiresAt` is in the token itself and says where to look. */
  find(jti: string, expiresAt: Date): Promise<AccessTokenState | undefined>;
  revoke(jti: string, expiresAt: Date, now: Date): Promise<boolean>;
  /** Makes room for the coming days and drops the days whose tokens have all expired. Also removes other expired rows. */
  sweep(now: Date): Promise<void>;
}
