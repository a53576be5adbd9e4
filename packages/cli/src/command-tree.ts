import { apiKeyGroup } from './commands/apikey/group.js';
import { auditGroup } from './commands/audit/group.js';
import { authGroup } from './commands/auth/group.js';
import { clientGroup } from './commands/client/group.js';
import { completion } from './commands/completion.js';
import { keysGroup } from './commands/keys/group.js';
import { scopeGroup } from './commands/scope/group.js';
import { migrate } from './commands/server/migrate.js';
import { serve } from './commands/server/serve.js';
import { showStatus } from './commands/status.js';
import { userGroup } from './commands/user/group.js';
import type { Group } from './program/command.js';

/** Every command of `authly`: START READING HERE. */
export const commandTree: Group = {
  name: 'authly',
  summary: 'Authly: an OAuth 2.1 and OpenID Connect authorization server in one command.',
  commands: [
    {
      name: 'admin',
      summary: 'Administrative operations for Authly.',
      description: ['Everything goes through the admin API of a server, never directly to its database.'],
      commands: [authGroup, clientGroup, scopeGroup, userGroup, auditGroup, keysGroup, apiKeyGroup, showStatus],
      sections: [
        {
          title: 'Common Commands',
          lines: ['$ authly admin auth login', '$ authly admin client list', '$ authly admin status'],
        },
      ],
    },
    serve,
    migrate,
    completion,
  ],
};
