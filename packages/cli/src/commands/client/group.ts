import type { Group } from '../../program/command.js';
import { createClient } from './create.js';
import { deleteClient } from './delete.js';
import { listClients } from './list.js';
import { regenerateSecret } from './regenerate-secret.js';
import { showClient } from './show.js';
import { updateClient } from './update.js';

export const clientGroup: Group = {
  name: 'client',
  summary: 'Manage OAuth 2.1 clients.',
  commands: [createClient, listClients, showClient, updateClient, deleteClient, regenerateSecret],
  sections: [
    {
      title: 'Client Types',
      lines: [
        'public        Applications that cannot keep a secret: single-page, mobile, command line',
        'confidential  Applications that can: web servers, services',
      ],
    },
    {
      title: 'Common Commands',
      lines: [
        '$ authly admin client list',
        '$ authly admin client create --name "My App" --type public --redirect-uri "http://localhost:3000/callback"',
        '$ authly admin client show CLIENT_ID',
      ],
    },
  ],
};
