import { change } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { findUser, userSubject } from './find.js';

export const unlockUser = defineCommand({
  name: 'unlock',
  summary: 'Lift a lockout after failed sign-ins.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  shared: ['output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin user unlock alice'] }, EXIT_CODES],
  async run({ args: { user } }, context) {
    const { id, username } = await findUser(context, user);
    const { data } = await explainErrorsOf(
      userSubject(user),
      change(context, {
        route: 'unlockUser',
        summary: `unlock user '${username}'`,
        input: { params: { user_id: id } },
      }),
    );
    printOutcome(context, {
      json: data,
      done: data.was_locked ? `User ${data.username} unlocked` : `User ${data.username} was not locked`,
    });
  },
});
