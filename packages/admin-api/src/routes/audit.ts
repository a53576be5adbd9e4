import type { Route } from '../route.js';

/** The hash-chained audit log. @spec security, Contracts */
export const auditRoutes = {
  listAuditEvents: {
    method: 'GET',
    mount: 'root',
    path: '/admin/audit',
    summary: 'List audit events, newest first, by keyset pages: next_cursor leads to the next one.',
    tag: 'audit',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
  },
  verifyAudit: {
    method: 'GET',
    mount: 'root',
    path: '/admin/audit/verify',
    summary: 'Recompute the hash chain and name every event that is missing or was edited.',
    tag: 'audit',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
  },
  exportAudit: {
    method: 'GET',
    mount: 'root',
    path: '/admin/audit/export',
    summary:
      'Stream audit events, oldest first, as JSON lines with their hashes, so that the chain can be verified elsewhere.',
    tag: 'audit',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
    stream: true,
  },
} as const satisfies Record<string, Route>;
