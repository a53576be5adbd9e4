import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { clientDetails, lookalikes } from './fields.js';
import { clientSubject } from '../subject.js';

export const showClient = defineCommand({
  name: 'show',
  summary: 'Show the details of a client.',
  description: ['Shows everything but the secret, which nobody can see after it was created.'],
  arguments: { clientId: argument('Client ID', { completes: 'client' }) },
  shared: ['output'],
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly admin client show CLIENT_ID', '$ authly admin client show CLIENT_ID --output json'],
    },
    EXIT_CODES,
  ],
  async run({ args: { clientId } }, context) {
    const subject = clientSubject(clientId);
    const { data } = await explainErrorsOf(subject, context.api.getClient({ params: { client_id: clientId } }));
    printOutcome(context, { json: data, fields: clientDetails(data), warning: lookalikes(data) });
  },
});
