import type { Scope } from '../../../model/scope.js';
import { text } from '../sql.js';

/** Columns of `oauth_scopes`. */
export const SCOPE = text`
  id, scope_name, description, is_default, is_active, is_system, created_at, updated_at, version`;

export interface ScopeRow {
  readonly id: string;
  readonly scope_name: string;
  readonly description: string;
  readonly is_default: boolean;
  readonly is_active: boolean;
  readonly is_system: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: string;
}

export function toScope(row: ScopeRow): Scope {
  return {
    id: row.id,
    name: row.scope_name,
    description: row.description,
    isDefault: row.is_default,
    isActive: row.is_active,
    isSystem: row.is_system,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: Number(row.version),
  };
}
