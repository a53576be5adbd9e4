import type { Route } from '../route.js';

/** Keys that sign tokens. */
export const keyRoutes = {
  listKeys: {
    method: 'GET',
    mount: 'root',
    path: '/admin/keys',
    summary: 'List signing keys and the state of each; never a private part.',
    tag: 'keys',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
    counted: true,
  },
  rotateKeys: {
    method: 'POST',
    mount: 'root',
    path: '/admin/keys/rotate',
    summary: 'Make a new signing key. It is announced first and signs later, unless immediate is asked for.',
    tag: 'keys',
    access: 'administrator',
    scope: 'admin:system:write',
    status: 201,
    idempotent: true,
  },
  withdrawKey: {
    method: 'POST',
    mount: 'root',
    path: '/admin/keys/{kid}/withdraw',
    summary:
      'End a signing key that has leaked: out of the JWKS at once, and nothing that it signed is valid any more.',
    tag: 'keys',
    access: 'administrator',
    scope: 'admin:system:write',
    status: 200,
  },
} as const satisfies Record<string, Route>;
