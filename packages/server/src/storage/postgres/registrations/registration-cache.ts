/** Clients, scopes and resources from memory, as long as the listener would say if they had changed. */
import type { Client } from '../../../model/client.js';
import { type ResourceRegistry, resourceRegistry } from '../../../model/resource.js';
import type { Scope } from '../../../model/scope.js';
import type { Clock } from '../../../ports/clock.js';
import type { RegistrationCache } from '../../../ports/registration-cache.js';
import type { ResourceStore } from '../../../ports/store/registrations/resources.js';
import type { ClientStore, ScopeStore } from '../../../ports/store/registrations/registrations.js';

/** What the directory reads. */
export interface Registrations {
  readonly clients: Pick<ClientStore, 'find'>;
  readonly scopes: Pick<ScopeStore, 'all'>;
  readonly resources: Pick<ResourceStore, 'all'>;
}

export interface RegistrationCacheOptions {
  readonly store: Registrations;
  readonly clock: Clock;
  readonly isListening: () => boolean;
}

export interface InvalidatableCache extends RegistrationCache {
  /** For the listener: what came from this table may be out of date; without a name, everything. */
  invalidate(table?: string): void;
}

export function createRegistrationCache({ store, clock, isListening }: RegistrationCacheOptions): InvalidatableCache {
  const isFresh = (readAt: Date): boolean => {
    const age = clock.now().getTime() - readAt.getTime();
    return age >= 0 && age < (isListening() ? MAX_AGE : MAX_AGE_UNHEARD);
  };
  const clients = cache({ read: (clientId) => store.clients.find(clientId), isFresh, clock });
  const scopes = cache({ read: async () => await readScopes(store), isFresh, clock });
  const resources = cache({ read: async () => resourceRegistry(await store.resources.all()), isFresh, clock });
  return {
    client: (clientId) => clients.get(clientId),
    scopes: async () => (await scopes.get('')) ?? new Map<string, Scope>(),
    resources: async () => (await resources.get('')) ?? resourceRegistry([]),
    invalidate: (table) => {
      if (table === undefined || table === 'oauth_clients' || table === 'client_secrets') clients.clear();
      if (table === undefined || table === 'oauth_scopes') scopes.clear();
      if (table === undefined || table === 'resources') resources.clear();
    },
  };
}

// milliseconds; the longer one only in case a notification went missing
const MAX_AGE = 60_000;
const MAX_AGE_UNHEARD = 2_000;
const MAX_ENTRIES = 10_000;

async function readScopes(store: Registrations): Promise<ReadonlyMap<string, Scope>> {
  return new Map((await store.scopes.all()).map((scope) => [scope.name, scope]));
}

interface Entry<Value> {
  readonly value: Promise<Value | undefined>;
  readonly readAt: Date;
}

interface Cache<Value> {
  get(key: string): Promise<Value | undefined>;
  clear(): void;
}

/**
 * Callers who ask at the same time share a read. What is cleared while it is being read answers those who asked before and is
 * not kept for others: it may be from before the change. A value that cannot be read again is used on.
 */
function cache<Value extends Client | ReadonlyMap<string, Scope> | ResourceRegistry>({
  read,
  isFresh,
  clock,
}: {
  readonly read: (key: string) => Promise<Value | undefined>;
  readonly isFresh: (readAt: Date) => boolean;
  readonly clock: Clock;
}): Cache<Value> {
  const entries = new Map<string, Entry<Value>>();
  const load = (key: string): Promise<Value | undefined> => {
    // discovery goes on answering while the database is away
    const before = entries.get(key);
    const value = before === undefined ? read(key) : read(key).catch(() => before.value);
    const entry: Entry<Value> = { value, readAt: clock.now() };
    // at the end of the map: the first entry is the oldest
    entries.delete(key);
    entries.set(key, entry);
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    // unknown names are not kept: there is no end of them
    entry.value.then((value) => (value === undefined ? forget() : undefined), forget);
    const oldest = entries.keys().next();
    if (entries.size > MAX_ENTRIES && oldest.done !== true) entries.delete(oldest.value);
    return entry.value;
  };
  return {
    get: (key) => {
      const entry = entries.get(key);
      return entry !== undefined && isFresh(entry.readAt) ? entry.value : load(key);
    },
    clear: () => entries.clear(),
  };
}
