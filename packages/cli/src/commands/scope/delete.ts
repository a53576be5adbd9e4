import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { scopeSubject } from '../subject.js';

export const deleteScope = defineCommand({
  name: 'delete',
  summary: 'Delete a scope.',
  arguments: { scopeName: argument('Scope name', { completes: 'scope' }) },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin scope delete user:write --confirm'] },
    {
      title: 'Effects',
      lines: ['Nobody is granted the scope any more.', 'Tokens that carry it keep it until they expire.'],
    },
    { title: 'Notes', lines: ['Scopes that Authly itself needs are protected.'] },
    EXIT_CODES,
  ],
  async run({ args: { scopeName } }, context) {
    const subject = scopeSubject(scopeName);
    await confirmed(context, `Delete scope '${oneLine(scopeName)}'?`);
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'deleteScope',
        summary: `delete scope '${scopeName}'`,
        input: { params: { scope_name: scopeName } },
      }),
    );
    printOutcome(context, { json: data, done: 'Scope deleted successfully', fields: [['Name', data.scope_name]] });
  },
});
