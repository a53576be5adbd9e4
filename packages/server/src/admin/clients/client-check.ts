import { clientProblems } from '@authly/admin-api';
import { type ClientMetadata, writeClientMetadata } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { invalid } from '../refusal.js';

/** Refuses a client whose fields do not go together, new or as a change would leave it. */
export function checkClient(client: ClientMetadata & Pick<Client, 'type'>): void {
  const problems = clientProblems({ ...writeClientMetadata(client), client_type: client.type });
  if (problems.length > 0) throw invalid(problems);
}

/** Refuses scopes that nobody has defined. */
export async function checkScopesExist(scopes: readonly string[], context: Pick<Context, 'store'>): Promise<void> {
  if (scopes.length === 0) return;
  const known = new Set((await context.store.scopes.all()).map((scope) => scope.name));
  const unknown = scopes.filter((scope) => !known.has(scope));
  if (unknown.length === 0) return;
  throw invalid([{ field: 'scope', message: `Invalid scopes: ${unknown.slice(0, 20).join(', ')}` }]);
}
