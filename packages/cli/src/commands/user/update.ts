import { change } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, flag, text } from '../../program/option.js';
import { oneOfTwo } from '../one-of-two.js';
import { passwordFromStdin } from '../password-option.js';
import { requireChange } from '../require-change.js';
import { profileBody, profileOptions, userFields } from './fields.js';
import { findUser, userSubject } from './find.js';

export const updateUser = defineCommand({
  name: 'update',
  summary: 'Change a user.',
  description: ['Changes what is given and leaves the rest. An empty text clears a part of the profile.'],
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  options: {
    username: text('New user name', { short: 'u' }),
    email: text('New e-mail address'),
    passwordStdin: flag('Read a new password from standard input'),
    makeAdmin: flag('Make the user an administrator'),
    removeAdmin: flag('Make the user an ordinary one'),
    activate: flag('Activate the account', { alias: 'reactivate' }),
    deactivate: flag('Deactivate the account; its sessions and tokens end'),
    verify: flag('Mark the e-mail address as verified'),
    unverify: flag('Mark the e-mail address as not verified'),
    ...profileOptions,
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin user update alice --email alice@example.org',
        '$ authly admin user update bob --deactivate',
      ],
    },
    { title: 'Limitations', lines: ['The last active administrator can be neither demoted nor deactivated.'] },
    EXIT_CODES,
  ],
  async run({ options, args: { user } }, context) {
    const body = {
      username: options.username,
      email: options.email,
      password: options.passwordStdin ? await passwordFromStdin(context) : undefined,
      is_admin: oneOfTwo(options, 'makeAdmin', 'removeAdmin'),
      is_active: oneOfTwo(options, 'activate', 'deactivate'),
      is_verified: oneOfTwo(options, 'verify', 'unverify'),
      ...profileBody(options),
    };
    requireChange(body, 'authly admin user update');
    const { id } = await findUser(context, user);
    const { data } = await explainErrorsOf(
      userSubject(user),
      change(context, {
        route: 'updateUser',
        summary: `update user '${user}'`,
        input: { params: { user_id: id }, body },
      }),
    );
    printOutcome(context, { json: data, done: 'User updated successfully', fields: userFields(data) });
  },
});
