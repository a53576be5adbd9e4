import { EXIT } from '../../errors/exit-code.js';
import { argument, text, texts } from '../../program/option.js';
import { defineCommand } from '../../program/command.js';

export const backup = defineCommand({
  name: 'backup',
  summary: 'Write everything that the database holds into an encrypted file.',
  description: [
    'Works on the database, while servers run: the file holds what was there at one moment, and nobody waits for it. It is compressed, and encrypted ' +
      'in the format of age: for the public keys given, else with AUTHLY_BACKUP_PASSPHRASE (or its _FILE), else with JWT_SECRET_KEY.',
    '',
    'The secrets of the server are not in it. Keep JWT_SECRET_KEY and JWT_REFRESH_SECRET_KEY elsewhere: without them a restored server has no keys.',
    '',
    'The database is the one of DATABASE_URL; without that, the one of serve --embedded.',
  ],
  arguments: { file: argument('Where the backup goes to', { completes: 'file' }) },
  options: {
    recipient: texts('Public key of age that the backup is encrypted for', { placeholder: 'KEY' }),
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
      lines: ['$ authly backup authly.backup', '$ authly backup --recipient age1… /backups/authly.age'],
    },
  ],
  async run({ options, args }, { terminal }) {
    const server = await import('@authly/server');
    const { recipient: recipients, ...place } = options;
    const done = await server.backup({ ...place, file: args.file, recipients });
    if (done === undefined) return EXIT.general;
    terminal.tell(`✅ ${args.file} holds the database, encrypted: ${done.bytes} bytes.`);
    return EXIT.ok;
  },
});
