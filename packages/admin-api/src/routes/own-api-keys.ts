import type { Route } from '../route.js';

/** `/api/v1/api-keys`: people's own API keys, for programs that act for them. */
export const ownApiKeyRoutes = {
  listOwnApiKeys: {
    method: 'GET',
    mount: 'api',
    path: '/api-keys',
    summary: 'List the API keys of the caller that work, newest first; to a key, itself. Never the keys themselves.',
    tag: 'own api keys',
    access: 'signed-in',
    apiKeyMay: true,
    status: 200,
    counted: true,
  },
  createOwnApiKey: {
    method: 'POST',
    mount: 'api',
    path: '/api-keys',
    summary:
      'Create an API key that can do no more than the token of the caller, within ten minutes after a sign-in. This answer shows it once.',
    tag: 'own api keys',
    access: 'signed-in',
    status: 201,
    idempotent: true,
    secret: true,
  },
  rotateOwnApiKey: {
    method: 'POST',
    mount: 'api',
    path: '/api-keys/{id}/rotate',
    summary:
      'Replace an API key of the caller by a new one. The old one works on for overlap_seconds, by default not at all. A key may replace itself.',
    tag: 'own api keys',
    access: 'signed-in',
    apiKeyMay: true,
    status: 201,
    idempotent: true,
    secret: true,
  },
  revokeOwnApiKey: {
    method: 'DELETE',
    mount: 'api',
    path: '/api-keys/{id}',
    summary: 'Revoke an API key of the caller at once. A key may end itself.',
    tag: 'own api keys',
    access: 'signed-in',
    apiKeyMay: true,
    status: 200,
  },
} as const satisfies Record<string, Route>;
