import type { Route } from '../route.js';

/** `/api/v1/auth`: what a signed-in user does with their own account. @spec surface §1.9 */
export const ownAccountRoutes = {
  logout: {
    method: 'POST',
    mount: 'api',
    path: '/auth/logout',
    summary: 'Revoke all tokens of the caller; the answer says how many were still valid.',
    tag: 'own account',
    access: 'signed-in',
    status: 200,
  },
  changePassword: {
    method: 'POST',
    mount: 'api',
    path: '/auth/change-password',
    summary: 'Change the password of the caller. Every other session ends.',
    tag: 'own account',
    access: 'signed-in',
    status: 200,
    secret: true,
  },
  getPasswordStatus: {
    method: 'GET',
    mount: 'api',
    path: '/auth/password-status',
    summary: 'Tell whether the caller must change the password.',
    tag: 'own account',
    access: 'signed-in',
    status: 200,
  },
} as const satisfies Record<string, Route>;
