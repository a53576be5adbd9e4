import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { userDetails } from './fields.js';
import { findUser, userSubject } from './find.js';

export const showUser = defineCommand({
  name: 'show',
  summary: 'Show a user.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  shared: ['output'],
  sections: [{ title: 'Examples', lines: ['$ authly admin user show alice'] }, EXIT_CODES],
  async run({ args: { user } }, context) {
    const { id } = await findUser(context, user);
    const { data } = await explainErrorsOf(userSubject(user), context.api.getUser({ params: { user_id: id } }));
    printOutcome(context, { json: data, fields: userDetails(data) });
  },
});
