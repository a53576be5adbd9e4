import { pageFooter, printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { flag } from '../../program/option.js';
import { scopeColumns, scopeTotals } from './fields.js';

export const listScopes = defineCommand({
  name: 'list',
  summary: 'List all OAuth scopes.',
  options: { defaultOnly: flag('Only default scopes') },
  shared: ['limit', 'offset', 'showInactive', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# List active scopes',
        '$ authly admin scope list',
        '',
        '# Include inactive scopes',
        '$ authly admin scope list --show-inactive',
        '',
        '# JSON output',
        "$ authly admin scope list --output json | jq '.scopes[].scope_name'",
      ],
    },
    {
      title: 'Table Columns',
      lines: [
        'Name, Description, Default, Status, Created (UTC)',
        'In a pipe: the same values, separated by tabs, without a head. --limit is 100 by default.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { limit = 100, offset = 0, showInactive = false } = context.shared;
    const { data: scopes, total = scopes.length } = await context.api.listScopes({
      query: {
        limit,
        offset,
        include_inactive: showInactive || undefined,
        default_only: options.defaultOnly || undefined,
      },
    });
    const whole = offset === 0 && scopes.length >= total;
    await printList(context, {
      json: { scopes, total, limit, offset },
      columns: scopeColumns(context),
      rows: scopes,
      footer: whole ? scopeTotals(scopes) : pageFooter({ shown: scopes.length, offset, total, noun: 'scope' }),
      none: 'No scopes found.',
    });
  },
});
