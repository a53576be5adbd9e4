import type { NewScope, ScopeStore } from '../../../ports/store/registrations.js';
import { given, type Tables } from '../tables.js';

export function scopes(tables: Tables): ScopeStore {
  const all = tables.scopes;
  const add = (scope: NewScope): boolean => {
    if (all.has(scope.name)) return false;
    all.set(scope.name, { ...scope, updatedAt: scope.createdAt, version: 1 });
    return true;
  };
  return {
    all: async () => [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    add: async (scope) => add(scope),
    addMissing: async (scopes) => scopes.forEach(add),
    change: async (name, change, { now, ifVersion }) => {
      const scope = all.get(name);
      if (scope === undefined) return 'unknown';
      if (ifVersion !== undefined && scope.version !== ifVersion) return 'stale';
      const changed = { ...scope, ...given(change), updatedAt: now, version: scope.version + 1 };
      all.set(name, changed);
      return changed;
    },
  };
}
