import { readFile } from 'node:fs/promises';
import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { choice, integer, text } from '../../program/option.js';
import { explainRedis, needEnvironment, needPair } from './environment.js';

const DEFAULT_PORT = 6380;

export const proxyRedis = defineCommand({
  name: 'redis',
  summary: 'Let redis-cli and Redis clients log in with an access token as their password.',
  description: [
    'The scopes cache:read and cache:write decide what a caller may do, and each caller has keys alone: user:<sub>: or client:<id>: is put before ' +
      'them on the server, and taken off again. A token that is revoked or expires ends its connections.',
  ],
  options: {
    host: text('Host to bind to', { default: '127.0.0.1' }),
    port: integer('Port to bind to', { default: String(DEFAULT_PORT) }),
    isolation: choice(['acl', 'proxy'], 'acl: a user of the server for each caller, too; proxy: the proxy alone', {
      default: 'acl',
    }),
    tlsCert: text('Certificate, needed for logins from other machines', { placeholder: 'PATH', completes: 'file' }),
    tlsKey: text('Private key of the certificate', { placeholder: 'PATH', completes: 'file' }),
  },
  sections: [
    { title: 'Examples', lines: ['$ authly proxy redis', '$ REDISCLI_AUTH=$TOKEN redis-cli -p 6380'] },
    {
      title: 'Environment Variables',
      lines: [
        'AUTHLY_URL                  Where Authly is',
        'AUTHLY_PROXY_CLIENT_ID      A confidential client, with which the proxy asks what tokens are worth',
        'AUTHLY_PROXY_CLIENT_SECRET  Its secret',
        'REDIS_URL                   The server: Redis 7 or Valkey; its user may manage users, and serves no caller',
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
      redisUrl: needEnvironment('REDIS_URL'),
      clientId: needEnvironment('AUTHLY_PROXY_CLIENT_ID'),
      clientSecret: needEnvironment('AUTHLY_PROXY_CLIENT_SECRET'),
      host: options.host ?? env['AUTHLY_PROXY_HOST'] ?? '127.0.0.1',
      port: options.port ?? Number(env['PROXY_PORT'] ?? DEFAULT_PORT),
      isolation: options.isolation ?? 'acl',
      ...certificate,
      now: Date.now,
      print: (line: string) => terminal.print(line),
    };
    const { startRedisProxy } = await import('@authly/db-proxy');
    const proxy = await explainRedis(startRedisProxy(settings));
    terminal.tell(`The Redis proxy listens on ${settings.host}:${proxy.port}.`);
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    await proxy.stop();
    return EXIT.ok;
  },
});
