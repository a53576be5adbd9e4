import type { ClientId, GrantId, UserId } from '@authly/oauth';
import type { Grant, RevocationReason } from '../../../model/tokens/grant.js';

/** Which grants: one, all of a person, all of a client, or all of a person with a client. */
export type GrantSelection =
  | { readonly id: GrantId }
  | { readonly userId: UserId; readonly clientId?: ClientId }
  | { readonly clientId: ClientId; readonly userId?: undefined };

export interface GrantStore {
  find(id: GrantId): Promise<Grant | undefined>;
  /** Revokes them and so every token of their families. Answers how many were alive. */
  revoke(which: GrantSelection, reason: RevocationReason, now: Date): Promise<number>;
}
