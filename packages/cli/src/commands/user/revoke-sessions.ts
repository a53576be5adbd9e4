import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, text } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { findUser, userSubject } from './find.js';

export const revokeSessions = defineCommand({
  name: 'revoke-sessions',
  summary: 'End sessions and revoke tokens of a user.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  options: { session: text('Only this session, by its ID', { placeholder: 'SESSION_ID' }) },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin user revoke-sessions alice --confirm',
        '$ authly admin user revoke-sessions alice --session SESSION_ID --confirm',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options: { session }, args: { user } }, context) {
    const { id, username } = await findUser(context, user);
    if (session !== undefined) {
      await confirmed(context, `End session '${oneLine(session)}' of '${oneLine(username)}'?`);
      const { data } = await explainErrorsOf(
        { noun: 'Session', label: 'Session ID', id: session },
        change(context, {
          route: 'revokeUserSession',
          summary: `end session '${session}' of '${username}'`,
          input: { params: { user_id: id, session_id: session } },
        }),
      );
      return printOutcome(context, { json: data, done: 'Session revoked', fields: [['Session ID', data.session_id]] });
    }
    await confirmed(context, `End every session of '${oneLine(username)}' and revoke every token?`);
    const { data } = await explainErrorsOf(
      userSubject(user),
      change(context, {
        route: 'revokeUserSessions',
        summary: `end every session of '${username}'`,
        input: { params: { user_id: id } },
      }),
    );
    printOutcome(context, {
      json: data,
      done: 'Sessions revoked',
      fields: [
        ['Username', data.username],
        ['Revoked', data.revoked_sessions],
      ],
    });
  },
});
