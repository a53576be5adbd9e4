import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { integer, text, texts } from '../../program/option.js';
import { explainDatabase, needEnvironment, needProxySecret } from './environment.js';

export const DEFAULT_SLOTS = 32;

export const proxySetup = defineCommand({
  name: 'setup',
  summary: 'Make the roles, rights and functions that the PostgreSQL proxy needs.',
  description: [
    'It may be run again, and changes nobody else’s rights. AUTHLY_PROXY_SECRET must be the one that the proxy runs with: the passwords of the ' +
      'roles are made from it. DATABASE_URL must log in as a role that may create roles and schemas and grant rights on the tables.',
  ],
  options: {
    schema: texts('Schema whose tables callers may use', { placeholder: 'NAME', default: 'public' }),
    slots: integer('How many callers of each kind at once', { min: 1, default: String(DEFAULT_SLOTS) }),
    databaseUrl: text('PostgreSQL connection string', { default: 'DATABASE_URL' }),
  },
  sections: [{ title: 'Examples', lines: ['$ authly proxy setup', '$ authly proxy setup --schema shop --slots 8'] }],
  async run({ options }, { terminal }) {
    const secret = needProxySecret();
    const databaseUrl = options.databaseUrl ?? needEnvironment('DATABASE_URL');
    const { setUp } = await import('@authly/db-proxy');
    const schemas = options.schema.length === 0 ? ['public'] : options.schema;
    await explainDatabase(setUp({ secret, databaseUrl, schemas, slots: options.slots ?? DEFAULT_SLOTS }));
    terminal.tell(`✅ Roles, rights and functions are made. Readers and writers may use: ${schemas.join(', ')}.`);
    return EXIT.ok;
  },
});
