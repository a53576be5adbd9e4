import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { flag, optionalArgument, text } from '../../program/option.js';

export const recover = defineCommand({
  name: 'recover',
  summary: 'Let an administrator in again who is locked out.',
  description: [
    'Works on the database, not through a server, which may run or not. Sets a temporary password, which must be changed at the first sign-in, ' +
      'lifts the locks of failed sign-ins, and signs the account out everywhere, its API keys included. The audit log tells of it.',
    '',
    'The database is the one of DATABASE_URL; without that, the one of serve --embedded.',
  ],
  arguments: {
    name: optionalArgument('User name or e-mail address; may be left out where there is one administrator'),
  },
  options: {
    resetSecondFactor: flag('Remove the second factor too, for whoever has lost app and recovery codes'),
    makeAdmin: flag('Make the account an active administrator if it is none'),
    databaseUrl: text('PostgreSQL connection string', { default: 'DATABASE_URL' }),
    dataDir: text('Data directory of an embedded server', {
      placeholder: 'PATH',
      default: '~/.authly/data',
      completes: 'file',
    }),
    config: text('Configuration file of the server', { placeholder: 'PATH', completes: 'file' }),
  },
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly recover',
        '$ authly recover admin --reset-second-factor',
        '$ authly recover alice --make-admin',
      ],
    },
  ],
  async run({ options, args }, { terminal }) {
    const server = await import('@authly/server');
    const done = await server.recover({ ...options, login: args.name });
    if (done === undefined) return EXIT.general;
    const { username, ended } = done;
    terminal.tell(`✅ The administrator "${username}" can sign in with this password, which is not shown again:`);
    terminal.print(done.password);
    terminal.tell('It must be changed at the first sign-in.');
    if (done.wasMadeAdmin) terminal.tell(`"${username}" was made an active administrator.`);
    terminal.tell(`${ended} sessions and tokens were ended, and every API key of the account.`);
    terminal.tell(SECOND_FACTOR[done.secondFactor]);
    if (!done.isUnlocked)
      terminal.tell(
        'Locks after failed sign-ins end by themselves: to lift them, set JWT_SECRET_KEY and JWT_REFRESH_SECRET_KEY as the server has them.',
      );
    terminal.tell('The audit log tells of it, by "authly recover".');
    return EXIT.ok;
  },
});

const SECOND_FACTOR = {
  none: 'The account has no second factor.',
  removed: 'Its second factor was removed.',
  kept: 'Its second factor is still asked for: if that is lost as well, run this again with --reset-second-factor.',
} as const;
