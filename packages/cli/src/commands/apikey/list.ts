import { pageFooter, printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { text } from '../../program/option.js';
import type { Column } from '../../terminal/table.js';
import { timeColumn } from '../../terminal/time-column.js';
import { type ApiKey, apiKeyStatus } from './fields.js';

export const listApiKeys = defineCommand({
  name: 'list',
  summary: 'List API keys.',
  options: {
    user: text('Only those of this user', { placeholder: 'USERNAME', completes: 'user' }),
    client: text('Only those of this client', { placeholder: 'CLIENT_ID', completes: 'client' }),
  },
  shared: ['limit', 'offset', 'showInactive', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly admin apikey list', '$ authly admin apikey list --user alice --show-inactive'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { limit = 20, offset = 0, showInactive = false } = context.shared;
    const { data: keys, total = keys.length } = await context.api.listApiKeys({
      query: {
        limit,
        offset,
        include_inactive: showInactive || undefined,
        username: options.user,
        client_id: options.client,
      },
    });
    await printList(context, {
      json: { api_keys: keys, total, limit, offset },
      columns: COLUMNS,
      rows: keys,
      footer: pageFooter({ shown: keys.length, offset, total, noun: 'API key' }),
      none: 'No API keys found.',
    });
  },
});

const COLUMNS: readonly Column<ApiKey>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'Name', cell: ({ name }) => name, shrinksTo: 8 },
  { title: 'Owner', cell: ({ owner }) => owner.name, shrinksTo: 8 },
  { title: 'Ends With', cell: ({ hint }) => hint, optional: true },
  { title: 'Status', cell: apiKeyStatus },
  timeColumn('Expires', ({ expires_at }) => expires_at, { none: 'never' }),
  timeColumn('Last Used', ({ last_used_at }) => last_used_at, { optional: true }),
];
