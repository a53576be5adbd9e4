import type { Reply } from '@authly/admin-api';
import type { Resource } from '../../../model/resource.js';
import { iso } from './time.js';

export function resourceReply(resource: Resource): Reply<'getResource'> {
  return {
    id: resource.id,
    identifier: resource.identifier,
    name: resource.name,
    scopes: [...resource.scopes],
    default_scopes: [...resource.defaultScopes],
    open: resource.isOpen,
    clients: [...resource.clients],
    token_lifetime: resource.tokenLifetime ?? null,
    is_active: resource.isActive,
    created_at: iso(resource.createdAt),
    updated_at: iso(resource.updatedAt),
  };
}
