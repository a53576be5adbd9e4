import type { Reply } from '@authly/admin-api/client';
import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { text } from '../../program/option.js';
import type { Column } from '../../terminal/table.js';
import { count } from '../../terminal/time.js';
import { timeColumn } from '../../terminal/time-column.js';
import { filterOptions, filterQuery } from './filters.js';

export const listAudit = defineCommand({
  name: 'list',
  summary: 'List audit events, newest first.',
  options: { ...filterOptions, cursor: text('Continue where an earlier list ended') },
  shared: ['limit', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Failed sign-ins since yesterday',
        '$ authly admin audit list --action login --outcome failure --since 2025-07-09',
        '',
        '# Every change of one client',
        '$ authly admin audit list --action client. --target CLIENT_ID',
      ],
    },
    {
      title: 'Table Columns',
      lines: ['Seq, Time (UTC), Action, Outcome, Actor, Target, IP. --limit is 50 by default.'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { limit = 50 } = context.shared;
    const { data } = await context.api.listAuditEvents({
      query: { ...filterQuery(options), limit, cursor: options.cursor },
    });
    const more = data.next_cursor === null ? '' : `; older ones: --cursor ${data.next_cursor}`;
    await printList(context, {
      json: { ...data, limit },
      columns: COLUMNS,
      rows: data.events,
      footer: `${count(data.events.length, 'event')}${more}`,
      none: 'No audit events found.',
    });
  },
});

type AuditEvent = Reply<'listAuditEvents'>['events'][number];

const COLUMNS: readonly Column<AuditEvent>[] = [
  { title: 'Seq', cell: ({ seq }) => String(seq) },
  timeColumn('Time', ({ at }) => at),
  { title: 'Action', cell: ({ action }) => action },
  { title: 'Outcome', cell: ({ outcome }) => outcome },
  { title: 'Actor', cell: ({ actor }) => actor.name ?? actor.id ?? actor.type, shrinksTo: 8 },
  { title: 'Target', cell: ({ target }) => (target ? `${target.type} ${target.id}` : '-'), shrinksTo: 10 },
  { title: 'IP', cell: ({ ip }) => ip ?? '-', optional: true },
];
