import type { Reply } from '@authly/admin-api/client';
import type { Field } from '../../output.js';
import type { Column } from '../../terminal/table.js';
import { utc } from '../../terminal/time.js';
import { timeColumn } from '../../terminal/time-column.js';

/** What a resource is made of, for the commands that show resources. */

export type Resource = Reply<'getResource'>;

export function resourceFields(resource: Resource): readonly Field[] {
  return [
    ['Identifier', resource.identifier],
    ['Name', resource.name],
    ['Scopes', resource.scopes.join(' ')],
    ['Default Scopes', resource.default_scopes.join(' ')],
    ['Open', resource.open ? 'yes: any client may ask for it, also one that nobody registered' : 'no'],
    ['Clients', resource.clients.join(' ')],
    ['Token Lifetime', resource.token_lifetime === null ? undefined : `${resource.token_lifetime} s`],
    ['Status', statusOf(resource)],
  ];
}

export function resourceDetails(resource: Resource): readonly Field[] {
  return [
    ...resourceFields(resource),
    ['ID', resource.id],
    ['Created', utc(resource.created_at)],
    ['Updated', utc(resource.updated_at)],
  ];
}

/** What must not be overlooked: a resource that nobody can ask for, or that gives nothing to who does not ask for more. */
export function resourceWarning(resource: Resource): string | undefined {
  if (!resource.open && resource.clients.length === 0)
    return 'No client may ask for it: add --open, or name clients with --client.';
  if (resource.default_scopes.length === 0 && resource.scopes.length > 0)
    return 'It has no default scopes: a client that names no scope gets none. Most MCP clients name none; see --default-scope.';
  return undefined;
}

export const RESOURCE_COLUMNS: readonly Column<Resource>[] = [
  { title: 'Identifier', cell: ({ identifier }) => identifier },
  { title: 'Name', cell: ({ name }) => name, shrinksTo: 8 },
  { title: 'Scopes', cell: ({ scopes }) => scopes.join(' '), shrinksTo: 10 },
  { title: 'Open', cell: ({ open }) => (open ? 'yes' : 'no') },
  { title: 'Status', cell: statusOf },
  timeColumn('Created', ({ created_at }) => created_at, { optional: true }),
];

function statusOf({ is_active }: Resource): string {
  return is_active ? 'active' : 'inactive';
}
