import { change } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, flag, text } from '../../program/option.js';
import { oneOfTwo } from '../one-of-two.js';
import { requireChange } from '../require-change.js';
import { scopeSubject } from '../subject.js';
import { scopeFields } from './fields.js';

export const updateScope = defineCommand({
  name: 'update',
  summary: 'Change a scope.',
  arguments: { scopeName: argument('Scope name', { completes: 'scope' }) },
  options: {
    description: text('New description'),
    makeDefault: flag('Make this a default scope'),
    removeDefault: flag('Make this an ordinary scope'),
    activate: flag('Activate the scope', { alias: 'reactivate' }),
    deactivate: flag('Deactivate the scope; nobody is granted it any more'),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin scope update read --description "Read your data"',
        '$ authly admin scope update profile --make-default',
      ],
    },
    {
      title: 'Limitations',
      lines: ['The name of a scope is fixed.', 'Scopes that Authly itself needs are protected.'],
    },
    EXIT_CODES,
  ],
  async run({ options, args: { scopeName } }, context) {
    const subject = scopeSubject(scopeName);
    const body = {
      description: options.description,
      is_default: oneOfTwo(options, 'makeDefault', 'removeDefault'),
      is_active: oneOfTwo(options, 'activate', 'deactivate'),
    };
    requireChange(body, 'authly admin scope update');
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'updateScope',
        summary: `update scope '${scopeName}'`,
        input: { params: { scope_name: scopeName }, body },
      }),
    );
    printOutcome(context, { json: data, done: 'Scope updated successfully', fields: scopeFields(data) });
  },
});
