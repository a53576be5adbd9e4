import type { Branch } from '../../program/command.js';
import { createScope } from './create.js';
import { listDefaultScopes } from './defaults.js';
import { deleteScope } from './delete.js';
import { listScopes } from './list.js';
import { showScope } from './show.js';
import { updateScope } from './update.js';

export const scopeGroup: Branch = {
  commands: [createScope, listScopes, showScope, updateScope, deleteScope, listDefaultScopes],
  sections: [
    {
      title: 'Common Commands',
      lines: [
        '$ authly admin scope list',
        '$ authly admin scope create --name "user:read" --description "Read user information"',
        '$ authly admin scope defaults',
      ],
    },
  ],
};
