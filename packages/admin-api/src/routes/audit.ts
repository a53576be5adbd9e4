import type { Route } from '../route.js';

/** The audit log. @spec security, Contracts */
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
  explainRefusal: {
    method: 'GET',
    mount: 'root',
    path: '/admin/audit/why/{request_id}',
    summary: 'Say why a request was refused, by its X-Request-ID, and what would let it through.',
    tag: 'audit',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
  },
  verifyAudit: {
    method: 'GET',
    mount: 'root',
    path: '/admin/audit/verify',
    summary: 'Compare every event with its seal and name those that are missing, were edited or added.',
    tag: 'audit',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
  },
  exportAudit: {
    method: 'GET',
    mount: 'root',
    path: '/admin/audit/export',
    summary: 'Stream audit events, oldest first, as JSON lines, each with its hash and the number of its seal.',
    tag: 'audit',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
    stream: true,
  },
} as const satisfies Record<string, Route>;
