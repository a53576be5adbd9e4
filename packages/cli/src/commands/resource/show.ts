import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { resourceSubject } from '../subject.js';
import { resourceDetails, resourceWarning } from './fields.js';

export const showResource = defineCommand({
  name: 'show',
  summary: 'Show a registered API.',
  arguments: { resource: argument('Its address or its ID') },
  shared: ['output'],
  sections: [{ title: 'Examples', lines: ['$ authly admin resource show https://notes.example.com/mcp'] }, EXIT_CODES],
  async run({ args: { resource } }, context) {
    const subject = resourceSubject(resource);
    const { data } = await explainErrorsOf(subject, context.api.getResource({ params: { resource_id: resource } }));
    printOutcome(context, { json: data, fields: resourceDetails(data), warning: resourceWarning(data) });
  },
});
