import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { findUser, userSubject } from './find.js';

export const resetSecondFactor = defineCommand({
  name: 'reset-second-factor',
  summary: 'Take the second factor of a user away.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin user reset-second-factor alice'] },
    {
      title: 'Effects',
      lines: [
        'The authenticator app and the recovery codes of the user stop working; the password is enough.',
        'Sessions go on. End them with revoke-sessions when the app may be in wrong hands.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ args: { user } }, context) {
    const { id, username } = await findUser(context, user);
    await confirmed(context, `Take the second factor of '${oneLine(username)}' away?`);
    const { data } = await explainErrorsOf(
      userSubject(user),
      change(context, {
        route: 'resetSecondFactor',
        summary: `take the second factor of '${username}' away`,
        input: { params: { user_id: id } },
      }),
    );
    printOutcome(context, {
      json: data,
      done: data.was_enabled
        ? `User ${data.username} has no second factor any more`
        : `User ${data.username} had no second factor`,
    });
  },
});
