import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { argument, text } from '../../program/option.js';

export const restore = defineCommand({
  name: 'restore',
  summary: 'Read a file of authly backup into an empty database.',
  description: [
    'All of it or nothing. A database with accounts is refused: nothing is ever replaced. A backup of an older version is brought up to date.',
    '',
    'What was signed out or revoked after the backup was made is alive again: end the logins of those concerned with authly admin user revoke-sessions.',
  ],
  arguments: { file: argument('The backup', { completes: 'file' }) },
  options: {
    identity: text('File with the private key of age, for a backup that was made for a public key', {
      placeholder: 'PATH',
      completes: 'file',
    }),
    databaseUrl: text('PostgreSQL connection string of the empty database', { default: 'DATABASE_URL' }),
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
        '$ createdb authly_restored',
        '$ authly restore --database-url postgresql:///authly_restored authly.backup',
      ],
    },
  ],
  async run({ options, args }, { terminal }) {
    const server = await import('@authly/server');
    const done = await server.restore({ ...options, file: args.file });
    if (done === undefined) return EXIT.general;
    const { header, tables, rows } = done;
    terminal.tell(`✅ ${rows} rows of ${tables} tables are back, as they were at ${header.created_at}.`);
    return EXIT.ok;
  },
});
