import { accountRoutes } from './routes/accounts.js';
import { apiKeyRoutes } from './routes/api-keys.js';
import { auditRoutes } from './routes/audit.js';
import { clientRoutes } from './routes/clients.js';
import { keyRoutes } from './routes/keys.js';
import { ownAccountRoutes } from './routes/own-account.js';
import { scopeRoutes } from './routes/scopes.js';
import { sessionRoutes } from './routes/sessions.js';
import { systemRoutes } from './routes/system.js';
import { userRoutes } from './routes/users.js';

/** Every operation of the admin API, of `/api/v1/users` and of `/api/v1/auth`, by name. */
export const routes = {
  ...systemRoutes,
  ...clientRoutes,
  ...scopeRoutes,
  ...userRoutes,
  ...sessionRoutes,
  ...auditRoutes,
  ...keyRoutes,
  ...apiKeyRoutes,
  ...accountRoutes,
  ...ownAccountRoutes,
} as const;

/** The name of an operation; the OpenAPI operationId. */
export type RouteName = keyof typeof routes;
