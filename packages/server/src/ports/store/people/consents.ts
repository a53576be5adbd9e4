import type { ClientId, UserId } from '@authly/oauth';

export interface Consent {
  readonly userId: UserId;
  readonly clientId: ClientId;
  readonly scopes: readonly string[];
  readonly grantedAt: Date;
}

export interface ConsentStore {
  find(userId: UserId, clientId: ClientId): Promise<Consent | undefined>;
  listOf(userId: UserId): Promise<readonly Consent[]>;
  /** Adds these scopes to what the person allowed before. */
  remember(consent: Consent): Promise<void>;
  /** Forgets the consent and revokes every grant of the client for this person. */
  withdraw(userId: UserId, clientId: ClientId, now: Date): Promise<boolean>;
}
