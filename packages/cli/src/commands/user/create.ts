import { change } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { flag, text } from '../../program/option.js';
import { passwordFromStdin, warnAboutPassword } from '../password-option.js';
import { profileBody, profileOptions, userFields } from './fields.js';
import { userSubject } from './find.js';

export const createUser = defineCommand({
  name: 'create',
  summary: 'Create a user.',
  description: ['Without a password a temporary one is made and shown once; it must be changed at the first sign-in.'],
  options: {
    username: text('User name: 3 to 32 letters, digits and underscores', { short: 'u', required: true }),
    email: text('E-mail address', { required: true }),
    passwordStdin: flag('Read the password from standard input'),
    password: text('Password (not recommended for security)', { short: 'p' }),
    admin: flag('Make the user an administrator'),
    verified: flag('Mark the e-mail address as verified'),
    inactive: flag('Create the account deactivated'),
    ...profileOptions,
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin user create --username alice --email alice@example.com',
        '$ printf "%s" "$PASSWORD" | authly admin user create --username bob \\',
        '    --email bob@example.com --password-stdin --verified',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    if (options.password !== undefined) warnAboutPassword(context);
    const password = options.passwordStdin ? await passwordFromStdin(context) : options.password;
    const { data } = await explainErrorsOf(
      userSubject(options.username),
      change(context, {
        route: 'createUser',
        summary: `create user '${options.username}'`,
        input: {
          body: {
            username: options.username,
            email: options.email,
            ...(password === undefined ? { generate_temp_password: true } : { password }),
            is_admin: options.admin,
            is_verified: options.verified,
            is_active: !options.inactive,
            ...profileBody(options),
          },
        },
      }),
    );
    printOutcome(context, {
      json: data,
      done: 'User created successfully',
      fields: [...userFields(data), ['Temporary Password', data.temporary_password]],
      warning:
        data.temporary_password === null
          ? undefined
          : 'Hand the password over securely - it cannot be retrieved again!',
    });
  },
});
