import type { TokenHash } from '@authly/oauth';
import type { AccessToken } from '../../../model/tokens/access-token.js';
import type { AuditEntry } from '../../../model/audit-event.js';
import type { DeviceCode } from '../../../model/tokens/device-code.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { RefreshToken } from '../../../model/tokens/refresh-token.js';
import type { User } from '../../../model/people/user.js';

export interface FoundDeviceCode {
  readonly device: DeviceCode;
  /** Present once a person approved. */
  readonly grant?: Grant;
  readonly user?: User;
}

export interface DeviceCodeStore {
  /** False when the user code is in use: make another. */
  add(code: DeviceCode): Promise<boolean>;
  findByUserCode(userCode: string): Promise<DeviceCode | undefined>;
  /** The code as it was before this poll; marks the poll and widens the interval when it came too early and is pending. */
  poll(
    hash: TokenHash,
    now: Date,
  ): Promise<{ readonly found: FoundDeviceCode; readonly tooEarly: boolean } | undefined>;
  /** Stores the grant and ties it to the code; false when the code is not pending any more, or the login behind it was ended. */
  approve(userCode: string, grant: Grant, event: AuditEntry): Promise<boolean>;
  /** False when the code is not pending any more. */
  deny(userCode: string, event: AuditEntry): Promise<boolean>;
  /** True for exactly one caller, whose tokens are stored with it. */
  redeem(redemption: {
    readonly hash: TokenHash;
    readonly now: Date;
    readonly accessToken: AccessToken;
    readonly refreshToken?: RefreshToken;
    readonly event: AuditEntry;
  }): Promise<boolean>;
}
