import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { count } from '../../terminal/time.js';
import { scopeColumns } from './fields.js';

export const listDefaultScopes = defineCommand({
  name: 'defaults',
  summary: 'List the scopes that are granted when a request names none.',
  shared: ['output'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin scope defaults'] },
    {
      title: 'Use Cases',
      lines: ['See what a new application gets without asking.', 'Check before adding a default scope.'],
    },
    EXIT_CODES,
  ],
  async run(_given, context) {
    const { data: scopes } = await context.api.listDefaultScopes();
    await printList(context, {
      json: { scopes, total: scopes.length, limit: scopes.length, offset: 0 },
      columns: scopeColumns(context),
      rows: scopes,
      footer: `Total: ${count(scopes.length, 'default scope')}`,
      none: 'No default scopes.',
    });
  },
});
