import { change } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { flag, text } from '../../program/option.js';
import { scopeSubject } from '../subject.js';
import { scopeFields } from './fields.js';

export const createScope = defineCommand({
  name: 'create',
  summary: 'Create a new OAuth scope.',
  options: {
    name: text("Scope name (e.g., 'read', 'write', 'profile')", { required: true }),
    description: text('Human-readable description', { required: true }),
    default: flag('Make this a default scope (assigned automatically)'),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Basic scope',
        '$ authly admin scope create --name "read" --description "Read access to user data"',
        '',
        '# Default scope',
        '$ authly admin scope create --name "profile" \\',
        '    --description "Access to user profile information" --default',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { data } = await explainErrorsOf(
      scopeSubject(options.name),
      change(context, {
        route: 'createScope',
        summary: `create scope '${options.name}'`,
        input: {
          body: { scope_name: options.name, description: options.description, is_default: options.default },
        },
      }),
    );
    printOutcome(context, { json: data, done: 'Scope created successfully', fields: scopeFields(data) });
  },
});
