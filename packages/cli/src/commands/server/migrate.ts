import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { flag, text } from '../../program/option.js';

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Bring the database schema up to date.',
  description: ['Servers do it themselves when they start; this does it alone. It is safe while servers run.'],
  options: {
    check: flag('Change nothing; end with an error when something is to be done'),
    databaseUrl: text('PostgreSQL connection, instead of DATABASE_URL', { placeholder: 'URL' }),
  },
  sections: [{ title: 'Examples', lines: ['$ authly migrate', '$ authly migrate --check'] }],
  async run({ options }) {
    const server = await import('@authly/server');
    const code = await server.migrate(options);
    return code === 0 ? EXIT.ok : EXIT.general;
  },
});
