import type { Route } from '../route.js';

/** The server itself: is it well, what does it hold, and a way in for administrators. @spec surface §1.11 */
export const systemRoutes = {
  adminHealth: {
    method: 'GET',
    mount: 'root',
    path: '/admin/health',
    summary: 'Tell whether the admin API is up.',
    tag: 'system',
    access: 'anyone',
    status: 200,
  },
  adminAuthenticate: {
    method: 'POST',
    mount: 'root',
    path: '/admin/auth',
    summary:
      'Exchange user name and password of an administrator for tokens; the answer is that of the token endpoint.',
    tag: 'system',
    access: 'anyone',
    status: 200,
    secret: true,
  },
  getStatus: {
    method: 'GET',
    mount: 'root',
    path: '/admin/status',
    summary: 'Show version, uptime, database, configuration and counts.',
    tag: 'system',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
  },
  getDashboardStats: {
    method: 'GET',
    mount: 'root',
    path: '/admin/dashboard/stats',
    summary: 'Show how many users there are of which kind, and how many are new.',
    tag: 'system',
    access: 'administrator',
    scope: 'admin:system:read',
    status: 200,
  },
} as const satisfies Record<string, Route>;
