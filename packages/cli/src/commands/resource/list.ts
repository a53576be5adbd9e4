import { pageFooter, printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { RESOURCE_COLUMNS } from './fields.js';

export const listResources = defineCommand({
  name: 'list',
  summary: 'List the registered APIs.',
  shared: ['limit', 'offset', 'showInactive', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin resource list',
        "$ authly admin resource list --output json | jq '.resources[] | select(.open).identifier'",
      ],
    },
    {
      title: 'Table Columns',
      lines: [
        'Identifier, Name, Scopes, Open, Status, Created (UTC)',
        'In a pipe: the same values, separated by tabs, without a head. --limit is 100 by default.',
      ],
    },
    EXIT_CODES,
  ],
  async run(_given, context) {
    const { limit = 100, offset = 0, showInactive = false } = context.shared;
    const { data: resources, total = resources.length } = await context.api.listResources({
      query: { limit, offset, include_inactive: showInactive || undefined },
    });
    await printList(context, {
      json: { resources, total, limit, offset },
      columns: RESOURCE_COLUMNS.filter(({ title }) => context.config.values.showTimestamps || title !== 'Created'),
      rows: resources,
      footer: pageFooter({ shown: resources.length, offset, total, noun: 'resource' }),
      none: 'No resources are registered.',
    });
  },
});
