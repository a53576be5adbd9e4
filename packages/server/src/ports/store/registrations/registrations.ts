import type { TokenHash } from '@authly/oauth';
import type { Client, NewClient } from '../../../model/client.js';
import type { Scope } from '../../../model/scope.js';

export type ClientChange = Partial<
  Omit<Client, 'id' | 'clientId' | 'secrets' | 'createdAt' | 'updatedAt' | 'version' | 'isSystem'>
>;
/** The fields of a client that it need not have. */
export type OptionalClientField = {
  [Field in keyof ClientChange]-?: undefined extends Client[Field] ? Field : never;
}[keyof ClientChange];

export interface ClientStore {
  find(clientId: string): Promise<Client | undefined>;
  list(page: {
    readonly limit: number;
    readonly offset: number;
    readonly includeInactive: boolean;
  }): Promise<{ readonly clients: readonly Client[]; readonly total: number }>;
  /** False when the client id exists. */
  add(client: NewClient): Promise<boolean>;
  /** What is absent or `undefined` in the change stays as it is; `clear` names what the client shall no longer have. */
  change(
    clientId: string,
    change: ClientChange,
    options: { readonly now: Date; readonly ifVersion?: number; readonly clear?: readonly OptionalClientField[] },
  ): Promise<Client | 'unknown' | 'stale'>;
  /** The new secret is valid at once; the ones before end at `overlapUntil`. */
  addSecret(
    clientId: string,
    secret: { readonly id: string; readonly hash: TokenHash },
    options: { readonly now: Date; readonly overlapUntil: Date },
  ): Promise<boolean>;
}

export type NewScope = Omit<Scope, 'version' | 'updatedAt'>;

export interface ScopeStore {
  all(): Promise<readonly Scope[]>;
  /** False when the name exists. */
  add(scope: NewScope): Promise<boolean>;
  /** Those whose name exists are left as they are. */
  addMissing(scopes: readonly NewScope[]): Promise<void>;
  change(
    name: string,
    change: Partial<Pick<Scope, 'description' | 'isDefault' | 'isActive'>>,
    options: { readonly now: Date; readonly ifVersion?: number },
  ): Promise<Scope | 'unknown' | 'stale'>;
}
