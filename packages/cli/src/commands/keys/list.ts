import type { Reply } from '@authly/admin-api/client';
import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import type { Column } from '../../terminal/table.js';
import { count, dateAndTime } from '../../terminal/time.js';

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
  {
    title: 'Signs From',
    cell: ({ active_at }) => dateAndTime(active_at),
    short: ({ active_at }) => dateAndTime(active_at).slice(0, 10),
  },
  { title: 'Leaves', cell: ({ expires_at }) => dateAndTime(expires_at), optional: true },
];
