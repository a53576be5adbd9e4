import { pageFooter, printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { choice, text } from '../../program/option.js';
import type { Column } from '../../terminal/table.js';
import { timeColumn } from '../../terminal/time-column.js';
import { type Client, statusOf } from './fields.js';

export const listClients = defineCommand({
  name: 'list',
  summary: 'List all OAuth clients.',
  options: {
    search: text('Only clients with this in their name or ID'),
    origin: choice(
      ['admin', 'registered', 'document'],
      'Only clients that an administrator, they themselves, or a document made',
    ),
  },
  shared: ['limit', 'offset', 'showInactive', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# List active clients',
        '$ authly admin client list',
        '',
        '# Show all clients including inactive',
        '$ authly admin client list --show-inactive',
        '',
        '# JSON output for scripting',
        "$ authly admin client list --output json | jq '.clients[].client_id'",
        '',
        '# Paginated listing',
        '$ authly admin client list --limit 10 --offset 20',
      ],
    },
    {
      title: 'Table Columns',
      lines: [
        'Client ID, Name, Type, Status, Created (UTC)',
        'In a pipe: the same values, separated by tabs, without a head. --limit is 20 by default.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { limit = 20, offset = 0, showInactive = false } = context.shared;
    const { data: clients, total = clients.length } = await context.api.listClients({
      query: {
        limit,
        offset,
        include_inactive: showInactive || undefined,
        search: options.search,
        origin: options.origin,
      },
    });
    await printList(context, {
      json: { clients, total, limit, offset },
      columns: COLUMNS.filter(({ title }) => context.config.values.showTimestamps || title !== 'Created'),
      rows: clients,
      footer: pageFooter({ shown: clients.length, offset, total, noun: 'client' }),
      none: 'No clients found.',
    });
  },
});

const COLUMNS: readonly Column<Client>[] = [
  { title: 'Client ID', cell: ({ client_id }) => client_id },
  { title: 'Name', cell: ({ client_name }) => client_name, shrinksTo: 8 },
  { title: 'Type', cell: ({ client_type }) => client_type },
  { title: 'Status', cell: statusOf },
  timeColumn('Created', ({ created_at }) => created_at, { optional: true }),
];
