import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { findUser, userSubject } from './find.js';

export const deleteUser = defineCommand({
  name: 'delete',
  summary: 'Delete a user.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin user delete alice --confirm'] },
    {
      title: 'Effects',
      lines: ['The account, its sessions, tokens, API keys and consents are gone at once.', 'It cannot be restored.'],
    },
    {
      title: 'Notes',
      lines: [
        'The last active administrator cannot be deleted.',
        'To stop an account for a while: authly admin user update USER --deactivate',
      ],
    },
    EXIT_CODES,
  ],
  async run({ args: { user } }, context) {
    const { id, username } = await findUser(context, user);
    await confirmed(context, `Delete user '${oneLine(username)}' and everything that belongs to the account?`);
    await explainErrorsOf(
      userSubject(user),
      change(context, {
        route: 'deleteUser',
        summary: `delete user '${username}'`,
        input: { params: { user_id: id } },
      }),
    );
    printOutcome(context, {
      json: { user_id: id, username, deleted: true },
      done: 'User deleted successfully',
      fields: [
        ['User ID', id],
        ['Username', username],
      ],
    });
  },
});
