import type { Group } from '../../program/command.js';
import { createApiKey } from './create.js';
import { listApiKeys } from './list.js';
import { revokeApiKey } from './revoke.js';
import { rotateApiKey } from './rotate.js';

export const apiKeyGroup: Group = {
  name: 'apikey',
  summary: 'Manage API keys.',
  commands: [createApiKey, listApiKeys, rotateApiKey, revokeApiKey],
  sections: [
    {
      title: 'Common Commands',
      lines: [
        '$ authly admin apikey list',
        '$ authly admin apikey create --name "Nightly report" --scope "read" --expires 90d',
      ],
    },
  ],
};
