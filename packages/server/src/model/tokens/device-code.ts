import type { ClientId, GrantId, TokenHash } from '@authly/oauth';

/** pending → approved → redeemed, or pending → denied. @spec RFC 8628 §3.5 */
export type DeviceCodeStatus = 'pending' | 'approved' | 'denied' | 'redeemed';

/** A login on another device that waits for a person to confirm it. @spec RFC 8628 §3.2 */
export interface DeviceCode {
  readonly hash: TokenHash;
  /** Normalised: upper case, no dash. */
  readonly userCode: string;
  readonly clientId: ClientId;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly intervalSeconds: number;
  readonly lastPolledAt?: Date;
  readonly status: DeviceCodeStatus;
  readonly grantId?: GrantId;
  readonly ip?: string;
  readonly userAgent?: string;
}
