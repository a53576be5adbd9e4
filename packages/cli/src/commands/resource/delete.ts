import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { resourceSubject } from '../subject.js';

export const deleteResource = defineCommand({
  name: 'delete',
  summary: 'Delete a registered API.',
  arguments: { resource: argument('Its address or its ID') },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin resource delete https://notes.example.com/mcp --confirm'] },
    {
      title: 'Effects',
      lines: [
        'No token is issued for it any more; those that are out live until they expire.',
        'Its scopes stay, as scopes that belong to no resource.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ args: { resource } }, context) {
    const subject = resourceSubject(resource);
    await confirmed(context, `Delete resource '${oneLine(resource)}'?`);
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'deleteResource',
        summary: `delete resource '${resource}'`,
        input: { params: { resource_id: resource } },
      }),
    );
    printOutcome(context, {
      json: data,
      done: 'Resource deleted successfully',
      fields: [['Identifier', data.identifier]],
    });
  },
});
