import type { Route } from '../route.js';

const RESOURCES = { mount: 'root', tag: 'resources', access: 'administrator' } as const;
const READ = { ...RESOURCES, scope: 'admin:resources:read', status: 200 } as const;
const WRITE = { ...RESOURCES, scope: 'admin:resources:write' } as const;

/** The APIs that access tokens can be for. */
export const resourceRoutes = {
  listResources: {
    ...READ,
    method: 'GET',
    path: '/admin/resources',
    summary: 'List resources, newest first. A bare array; the total is in X-Total-Count.',
    counted: true,
  },
  createResource: {
    ...WRITE,
    method: 'POST',
    path: '/admin/resources',
    summary: 'Register an API that access tokens can be for. Scopes that do not exist are made.',
    status: 201,
    idempotent: true,
  },
  getResource: {
    ...READ,
    method: 'GET',
    path: '/admin/resources/{resource_id}',
    summary: 'Show a resource.',
    versioned: true,
  },
  updateResource: {
    ...WRITE,
    method: 'PUT',
    path: '/admin/resources/{resource_id}',
    summary: 'Change the given fields of a resource. Its identifier is fixed.',
    status: 200,
    versioned: true,
  },
  deleteResource: {
    ...WRITE,
    method: 'DELETE',
    path: '/admin/resources/{resource_id}',
    summary: 'Delete a resource. No token is issued for it any more.',
    status: 200,
    versioned: true,
  },
} as const satisfies Record<string, Route>;
