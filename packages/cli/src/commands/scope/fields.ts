import type { Reply } from '@authly/admin-api/client';
import type { Context } from '../../context.js';
import type { Field } from '../../output.js';
import type { Column } from '../../terminal/table.js';
import { count, utc } from '../../terminal/time.js';
import { timeColumn } from '../../terminal/time-column.js';

/** What a scope is made of, for the commands that show scopes. */

export type Scope = Reply<'getScope'>;

export function scopeFields(scope: Scope): readonly Field[] {
  return [
    ['Name', scope.scope_name],
    ['Description', scope.description],
    ['Default', yesOrNo(scope.is_default)],
    ['Status', scope.is_active ? 'active' : 'inactive'],
  ];
}

export function scopeDetails(scope: Scope): readonly Field[] {
  return [
    ...scopeFields(scope),
    ['Managed By', scope.is_system ? 'Authly itself (protected)' : undefined],
    ['Created', utc(scope.created_at)],
    ['Updated', utc(scope.updated_at)],
  ];
}

/** The columns of scope lists, without the time when the configuration says so. */
export function scopeColumns({ config }: Pick<Context, 'config'>): readonly Column<Scope>[] {
  return COLUMNS.filter(({ title }) => config.values.showTimestamps || title !== 'Created');
}

/** `Total: 3 scopes (2 active, 1 default)` */
export function scopeTotals(scopes: readonly Scope[]): string {
  const active = scopes.filter(({ is_active }) => is_active).length;
  const standard = scopes.filter(({ is_default }) => is_default).length;
  return `Total: ${count(scopes.length, 'scope')} (${active} active, ${standard} default)`;
}

const COLUMNS: readonly Column<Scope>[] = [
  { title: 'Name', cell: ({ scope_name }) => scope_name },
  { title: 'Description', cell: ({ description }) => description ?? '', shrinksTo: 12 },
  { title: 'Default', cell: ({ is_default }) => yesOrNo(is_default) },
  { title: 'Status', cell: ({ is_active }) => (is_active ? 'active' : 'inactive') },
  timeColumn('Created', ({ created_at }) => created_at, { optional: true }),
];

function yesOrNo(value: boolean): string {
  return value ? 'Yes' : 'No';
}
