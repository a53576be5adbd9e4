import type { TokenHash } from '@authly/oauth';
import type { AccessToken } from '../../model/access-token.js';
import type { DeviceCode } from '../../model/device-code.js';
import type { Grant } from '../../model/grant.js';
import type { RefreshToken } from '../../model/refresh-token.js';
import type { User } from '../../model/user.js';

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
  /** Stores the grant and ties it to the code; false when the code is not pending any more. */
  approve(userCode: string, grant: Grant, now: Date): Promise<boolean>;
  deny(userCode: string, now: Date): Promise<boolean>;
  /** True for exactly one caller, whose tokens are stored with it. */
  redeem(redemption: {
    readonly hash: TokenHash;
    readonly now: Date;
    readonly accessToken: AccessToken;
    readonly refreshToken?: RefreshToken;
  }): Promise<boolean>;
}
