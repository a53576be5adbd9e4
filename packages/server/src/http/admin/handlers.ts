import { accountHandlers } from '../api/accounts.js';
import { ownAccountHandlers } from '../api/own-account.js';
import { ownApiKeyHandlers } from '../api/own-api-keys.js';
import type { Handlers } from './operation.js';
import { apiKeyHandlers } from './operations/api-keys.js';
import { auditHandlers } from './operations/audit.js';
import { clientHandlers } from './operations/clients.js';
import { keyHandlers } from './operations/keys.js';
import { resourceHandlers } from './operations/resources.js';
import { scopeHandlers } from './operations/scopes.js';
import { sessionHandlers } from './operations/sessions.js';
import { systemHandlers } from './operations/system.js';
import { userHandlers } from './operations/users.js';

/** The function behind every operation of the contract; one that is missing does not compile. */
export const handlers: Handlers = {
  ...systemHandlers,
  ...clientHandlers,
  ...scopeHandlers,
  ...resourceHandlers,
  ...userHandlers,
  ...sessionHandlers,
  ...auditHandlers,
  ...keyHandlers,
  ...apiKeyHandlers,
  ...accountHandlers,
  ...ownAccountHandlers,
  ...ownApiKeyHandlers,
};
