import type { ClientId, TokenHash, UserId } from '@authly/oauth';
import type { ApiKey } from '../../model/api-key.js';
import type { Client } from '../../model/client.js';
import type { User } from '../../model/user.js';

export interface ApiKeyStore {
  add(key: ApiKey): Promise<void>;
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
  used(id: string, at: Date, ip: string | undefined): Promise<void>;
  revoke(id: string, now: Date): Promise<boolean>;
  /** Adds the successor and lets the old key end at `overlapUntil`; false when the old one is not alive. */
  rotate(oldId: string, successor: ApiKey, overlapUntil: Date): Promise<boolean>;
}
