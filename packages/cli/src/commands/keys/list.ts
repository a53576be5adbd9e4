import type { Reply } from '@authly/admin-api/client';
import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import type { Column } from '../../terminal/table.js';
import { count } from '../../terminal/time.js';
import { timeColumn } from '../../terminal/time-column.js';

export const listKeys = defineCommand({
  name: 'list',
  summary: 'List the keys that sign tokens.',
  shared: ['output'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin keys list'] },
    {
      title: 'States',
      lines: [
        'announced  In the key set, so that everybody knows it before it signs',
        'signing    Signs new tokens',
        'retired    Signs no longer; its tokens still verify',
        'withdrawn  Out of the key set; nothing that it signed is valid',
      ],
    },
    EXIT_CODES,
  ],
  async run(_given, context) {
    const { data: keys } = await context.api.listKeys();
    await printList(context, {
      json: { keys, total: keys.length },
      columns: KEY_COLUMNS,
      rows: keys,
      footer: `Total: ${count(keys.length, 'key')}`,
      none: 'No keys.',
    });
  },
});

export const KEY_COLUMNS: readonly Column<Reply<'listKeys'>[number]>[] = [
  { title: 'Key ID', cell: ({ kid }) => kid },
  { title: 'Algorithm', cell: ({ algorithm }) => algorithm },
  { title: 'State', cell: ({ state }) => state },
  timeColumn('Signs From', ({ active_at }) => active_at, { optional: true }),
  timeColumn('Leaves', ({ expires_at }) => expires_at, { optional: true }),
];
