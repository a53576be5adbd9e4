import type { Reply } from '@authly/admin-api';
import type { Scope } from '../../../model/scope.js';
import { iso } from './time.js';

export function scopeReply(scope: Scope): Reply<'getScope'> {
  return {
    id: scope.id,
    scope_name: scope.name,
    description: scope.description,
    is_default: scope.isDefault,
    is_active: scope.isActive,
    is_system: scope.isSystem,
    created_at: iso(scope.createdAt),
    updated_at: iso(scope.updatedAt),
  };
}
