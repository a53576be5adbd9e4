import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { scopeSubject } from '../subject.js';
import { scopeDetails } from './fields.js';

export const showScope = defineCommand({
  name: 'show',
  summary: 'Show a scope.',
  arguments: { scopeName: argument('Scope name', { completes: 'scope' }) },
  shared: ['output'],
  sections: [{ title: 'Examples', lines: ['$ authly admin scope show read'] }, EXIT_CODES],
  async run({ args: { scopeName } }, context) {
    const subject = scopeSubject(scopeName);
    const { data } = await explainErrorsOf(subject, context.api.getScope({ params: { scope_name: scopeName } }));
    printOutcome(context, { json: data, fields: scopeDetails(data) });
  },
});
