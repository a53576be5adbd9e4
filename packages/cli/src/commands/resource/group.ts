import type { Branch } from '../../program/command.js';
import { createResource } from './create.js';
import { deleteResource } from './delete.js';
import { listResources } from './list.js';
import { showResource } from './show.js';
import { updateResource } from './update.js';

export const resourceGroup: Branch = {
  commands: [createResource, listResources, showResource, updateResource, deleteResource],
  sections: [
    {
      title: 'Common Commands',
      lines: [
        '# Let any MCP client log in for an MCP server, also one that nobody registered',
        '$ authly admin resource create https://notes.example.com/mcp --name "Notes" \\',
        '    --scope notes:read --scope notes:write --default-scope notes:read --open',
        '',
        '$ authly admin resource list',
      ],
    },
  ],
};
