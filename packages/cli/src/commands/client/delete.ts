import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { clientSubject } from '../subject.js';

export const deleteClient = defineCommand({
  name: 'delete',
  summary: 'Delete a client.',
  arguments: { clientId: argument('Client ID', { completes: 'client' }) },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly admin client delete CLIENT_ID', '$ authly admin client delete CLIENT_ID --confirm'],
    },
    { title: 'Effects', lines: ['The client and all of its tokens stop working at once.', 'It cannot be restored.'] },
    { title: 'Notes', lines: ['To stop a client for a while: authly admin client update CLIENT_ID --deactivate'] },
    EXIT_CODES,
  ],
  async run({ args: { clientId } }, context) {
    const subject = clientSubject(clientId);
    await confirmed(context, `Delete client '${oneLine(clientId)}' and all of its tokens?`);
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'deleteClient',
        summary: `delete client '${clientId}'`,
        input: { params: { client_id: clientId } },
      }),
    );
    printOutcome(context, { json: data, done: 'Client deleted successfully', fields: [['Client ID', data.client_id]] });
  },
});
