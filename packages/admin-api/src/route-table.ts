import { accountRoutes } from './routes/accounts.js';
import { apiKeyRoutes } from './routes/api-keys.js';
import { auditRoutes } from './routes/audit.js';
import { clientRoutes } from './routes/clients.js';
import { keyRoutes } from './routes/keys.js';
import { ownAccountRoutes } from './routes/own-account.js';
import { ownApiKeyRoutes } from './routes/own-api-keys.js';
import { resourceRoutes } from './routes/resources.js';
import { scopeRoutes } from './routes/scopes.js';
import { sessionRoutes } from './routes/sessions.js';
import { systemRoutes } from './routes/system.js';
import { userRoutes } from './routes/users.js';

/** Every operation of the admin API, and of what people do with their own account, by name. */
export const routes = {
  ...systemRoutes,
  ...clientRoutes,
  ...scopeRoutes,
  ...resourceRoutes,
  ...userRoutes,
  ...sessionRoutes,
  ...auditRoutes,
  ...keyRoutes,
  ...apiKeyRoutes,
  ...accountRoutes,
  ...ownAccountRoutes,
  ...ownApiKeyRoutes,
} as const;

/** The name of an operation; the OpenAPI operationId. */
export type RouteName = keyof typeof routes;
