import type { Branch } from '../../program/command.js';
import { createClient } from './create.js';
import { deleteClient } from './delete.js';
import { listClients } from './list.js';
import { createRegistrationToken, resetRegistrationToken } from './registration-token.js';
import { regenerateSecret } from './regenerate-secret.js';
import { showClient } from './show.js';
import { updateClient } from './update.js';

export const clientGroup: Branch = {
  commands: [
    createClient,
    listClients,
    showClient,
    updateClient,
    deleteClient,
    regenerateSecret,
    createRegistrationToken,
    resetRegistrationToken,
  ],
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
