import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { apiKeySubject } from '../subject.js';

export const revokeApiKey = defineCommand({
  name: 'revoke',
  summary: 'Revoke an API key.',
  arguments: { id: argument('API key ID') },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin apikey revoke KEY_ID --confirm'] }, EXIT_CODES],
  async run({ args: { id } }, context) {
    const subject = apiKeySubject(id);
    await confirmed(context, `Revoke API key '${oneLine(id)}'? It stops working at once.`);
    const { data } = await explainErrorsOf(
      subject,
      change(context, { route: 'revokeApiKey', summary: `revoke API key '${id}'`, input: { params: { id } } }),
    );
    printOutcome(context, {
      json: data,
      done: 'API key revoked',
      fields: [
        ['ID', data.id],
        ['Name', data.name],
      ],
    });
  },
});
