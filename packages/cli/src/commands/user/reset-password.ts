import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, text } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { secretPlace } from '../secret-place.js';
import { findUser, userSubject } from './find.js';

export const resetPassword = defineCommand({
  name: 'reset-password',
  summary: 'Replace the password of a user with a temporary one.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  options: {
    secretFile: text('Write the password to this new file (mode 600) instead of showing it', {
      placeholder: 'PATH',
      completes: 'file',
    }),
  },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin user reset-password alice'] },
    {
      title: 'Effects',
      lines: [
        'Every session and every token of the user ends.',
        'The user must choose a new password at the next sign-in.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options, args: { user } }, context) {
    const { id, username } = await findUser(context, user);
    await confirmed(context, `Reset the password of '${oneLine(username)}' and end every session?`);
    const place = secretPlace(options.secretFile);
    const { data } = await explainErrorsOf(
      userSubject(user),
      change(context, {
        route: 'resetPassword',
        summary: `reset the password of '${username}'`,
        input: { params: { user_id: id } },
      }),
    );
    const shown = place.keep(data.temporary_password);
    printOutcome(context, {
      json:
        place.path === undefined ? data : { ...data, temporary_password: null, temporary_password_file: place.path },
      done: 'Password reset successfully',
      fields: [
        ['User ID', data.user_id],
        ['Username', data.username],
        ['Temporary Password', shown],
        ['Sessions Ended', data.invalidated_sessions],
      ],
      warning: place.path === undefined ? 'Hand the password over securely - it cannot be retrieved again!' : undefined,
    });
  },
});
