import type { ClientId, TokenHash, UserId } from '@authly/oauth';

/** A long-lived credential of a person or of a service. */
export interface ApiKey {
  readonly id: string;
  readonly hash: TokenHash;
  /** The last four characters, to tell keys apart. */
  readonly hint: string;
  readonly name: string;
  /** Exactly one of userId and clientId owns it. */
  readonly userId?: UserId;
  readonly clientId?: ClientId;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy?: string;
  readonly expiresAt?: Date;
  readonly lastUsedAt?: Date;
  readonly lastUsedIp?: string;
  readonly revokedAt?: Date;
  readonly rotatedFrom?: string;
}

/** Tells whether a key is accepted at this moment. */
export function isApiKeyLive(key: ApiKey, now: Date): boolean {
  return key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > now);
}
