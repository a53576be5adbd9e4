import type { NewResource, Resource } from '../../../model/resource.js';

export type ResourceChange = Partial<
  Pick<Resource, 'name' | 'scopes' | 'defaultScopes' | 'isOpen' | 'clients' | 'tokenLifetime' | 'isActive'>
>;

export interface ResourceStore {
  all(): Promise<readonly Resource[]>;
  /** By its id, or by any spelling of its identifier; active or not. */
  find(idOrIdentifier: string): Promise<Resource | undefined>;
  /** Newest first. */
  page(wish: {
    readonly limit: number;
    readonly offset: number;
    readonly includeInactive: boolean;
    /** Any spelling of it. */
    readonly identifier?: string;
  }): Promise<{ readonly resources: readonly Resource[]; readonly total: number }>;
  /** False when the identifier is registered, in whatever spelling. */
  add(resource: NewResource): Promise<boolean>;
  /** What is absent stays; `clear` names what it shall no longer have. */
  change(
    id: string,
    change: ResourceChange,
    options: { readonly now: Date; readonly ifVersion?: number; readonly clear?: readonly 'tokenLifetime'[] },
  ): Promise<Resource | 'unknown' | 'stale'>;
  remove(id: string, options: { readonly ifVersion?: number }): Promise<'removed' | 'unknown' | 'stale'>;
}
