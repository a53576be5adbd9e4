import { readFile } from 'node:fs/promises';
import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { integer, text } from '../../program/option.js';
import { explainDatabase, needEnvironment, needPair, needProxySecret } from './environment.js';
import { DEFAULT_SLOTS } from './setup.js';

const DEFAULT_PORT = 5433;

export const proxyPostgres = defineCommand({
  name: 'postgres',
  summary: 'Let psql and PostgreSQL drivers log in with an access token as their password.',
  description: [
    'The scopes database:read and database:write decide what a caller may do. A token that is revoked or expires ends its connections. ' +
      'Run "authly proxy setup" before the first start.',
  ],
  options: {
    host: text('Host to bind to', { default: '127.0.0.1' }),
    port: integer('Port to bind to', { default: String(DEFAULT_PORT) }),
    slots: integer('How many callers of each kind at once, as given to setup', {
      min: 1,
      default: String(DEFAULT_SLOTS),
    }),
    tlsCert: text('Certificate, needed for logins from other machines', { placeholder: 'PATH', completes: 'file' }),
    tlsKey: text('Private key of the certificate', { placeholder: 'PATH', completes: 'file' }),
  },
  sections: [
    { title: 'Examples', lines: ['$ authly proxy postgres', '$ psql -h 127.0.0.1 -p 5433 -U token shop'] },
    {
      title: 'Environment Variables',
      lines: [
        'AUTHLY_URL                  Where Authly is',
        'AUTHLY_PROXY_CLIENT_ID      A confidential client, with which the proxy asks what tokens are worth',
        'AUTHLY_PROXY_CLIENT_SECRET  Its secret',
        'AUTHLY_PROXY_SECRET         At least 32 characters by chance; the same for setup and for every proxy of a database',
        'DATABASE_URL                The database; its role serves no caller',
        'AUTHLY_PROXY_HOST           Instead of --host',
        'PROXY_PORT                  Instead of --port',
      ],
    },
  ],
  async run({ options }, { terminal }) {
    const { env } = process;
    const files = needPair(options.tlsCert, options.tlsKey);
    const certificate = files && { certificate: { cert: await readFile(files[0]), key: await readFile(files[1]) } };
    const settings = {
      authlyUrl: needEnvironment('AUTHLY_URL'),
      databaseUrl: needEnvironment('DATABASE_URL'),
      clientId: needEnvironment('AUTHLY_PROXY_CLIENT_ID'),
      clientSecret: needEnvironment('AUTHLY_PROXY_CLIENT_SECRET'),
      secret: needProxySecret(),
      host: options.host ?? env['AUTHLY_PROXY_HOST'] ?? '127.0.0.1',
      port: options.port ?? Number(env['PROXY_PORT'] ?? DEFAULT_PORT),
      slots: options.slots ?? DEFAULT_SLOTS,
      ...certificate,
      now: Date.now,
      print: (line: string) => terminal.print(line),
    };
    const { startPostgresProxy } = await import('@authly/db-proxy');
    const proxy = await explainDatabase(startPostgresProxy(settings));
    terminal.tell(`The PostgreSQL proxy listens on ${settings.host}:${proxy.port}.`);
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    await proxy.stop();
    return EXIT.ok;
  },
});
