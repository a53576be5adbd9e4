import type { Client } from '../../../model/client.js';

interface RemovalOptions {
  readonly now: Date;
  readonly ifVersion?: number;
}

/** `protected`: the server itself needs it. `stale`: the version is not the stored one. */
export type Removal = 'removed' | 'unknown' | 'stale' | 'protected';

export interface ClientAdminStore {
  /** Newest first. `search` is part of a name or of a client id, whatever the case. */
  page(wish: {
    readonly limit: number;
    readonly offset: number;
    readonly includeInactive: boolean;
    readonly search?: string;
    readonly origin?: Client['origin'];
  }): Promise<{ readonly clients: readonly Client[]; readonly total: number }>;
  /** Removes the client with its consents and API keys, and revokes its grants. */
  remove(clientId: string, options: RemovalOptions): Promise<Removal>;
  /** Revokes the access tokens that the client got for itself, without a person. */
  revokeOwnTokens(clientId: string, now: Date): Promise<void>;
}

export interface ScopeAdminStore {
  /** Removes the scope, also from the clients that it was assigned to. */
  remove(name: string, options: RemovalOptions): Promise<Removal>;
}
