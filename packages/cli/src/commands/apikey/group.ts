import type { Branch } from '../../program/command.js';
import { createApiKey } from './create.js';
import { listApiKeys } from './list.js';
import { revokeApiKey } from './revoke.js';
import { rotateApiKey } from './rotate.js';

export const apiKeyGroup: Branch = {
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
