import type { ClientId, GrantId, SessionId, TokenHash, UserId } from '@authly/oauth';
import type { ApiKey } from '../../../model/people/api-key.js';
import type { Client } from '../../../model/client.js';
import type { User } from '../../../model/people/user.js';

/** The session or the login of a program in which a key is made. */
export type KeyMadeThrough = { readonly session: SessionId } | { readonly grant: GrantId };

export interface ApiKeyStore {
  /** False when its owner is switched off, or what it is made through has ended: a revocation at the same moment wins. */
  add(key: ApiKey, through?: KeyMadeThrough): Promise<boolean>;
  /** With its owner, whatever their state. */
  findByHash(
    hash: TokenHash,
  ): Promise<
    | { readonly key: ApiKey; readonly user?: User; readonly client?: Pick<Client, 'clientId' | 'isActive' | 'name'> }
    | undefined
  >;
  find(id: string): Promise<ApiKey | undefined>;
  list(page: {
    readonly owner?: { readonly userId: UserId } | { readonly clientId: ClientId };
    readonly limit: number;
    readonly offset: number;
    readonly includeInactive: boolean;
    readonly now: Date;
  }): Promise<{ readonly keys: readonly ApiKey[]; readonly total: number }>;
  recordUse(id: string, at: Date, ip: string | undefined): Promise<void>;
  revoke(id: string, now: Date): Promise<boolean>;
  /** Ends every key of a person. Answers how many worked. */
  revokeAll(userId: UserId, now: Date): Promise<number>;
  /** Adds the successor and lets the old key end at `overlapUntil`; false when the old one is not alive, or as for `add`. */
  rotate(oldId: string, successor: ApiKey, overlapUntil: Date, through?: KeyMadeThrough): Promise<boolean>;
}
