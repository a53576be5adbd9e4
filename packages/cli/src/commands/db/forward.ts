import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { integer } from '../../program/option.js';
import { tokensWith } from './need-scope.js';
import { placeOfProxy, proxyOptions } from './proxy-options.js';

const DEFAULT_PORT = 5433;

export const dbForward = defineCommand({
  name: 'forward',
  summary: 'Listen on this machine for tools that keep a fixed password, and log them in as you.',
  description: [
    'The password is made anew at each start and printed once. Every connection that gives it is logged in at the PostgreSQL proxy with a token that ' +
      'is fresh.',
  ],
  options: {
    port: integer('Port to listen on; 0 lets the system choose', { default: '0' }),
    ...proxyOptions(DEFAULT_PORT),
  },
  sections: [{ title: 'Examples', lines: ['$ authly db forward --port 15432'] }],
  async run({ options }, { session, terminal }) {
    const [{ randomBytes }, { forwardPostgres }] = await Promise.all([
      import('node:crypto'),
      import('@authly/db-proxy'),
    ]);
    const token = await tokensWith(session, 'database:read', 'database:write');
    const password = randomBytes(18).toString('base64url');
    const forwarder = await forwardPostgres({
      proxy: await placeOfProxy(options, DEFAULT_PORT),
      listen: { host: '127.0.0.1', port: options.port ?? 0 },
      password,
      token,
    });
    terminal.print(`Host      127.0.0.1\nPort      ${forwarder.port}\nPassword  ${password}`);
    terminal.tell('Any user name will do. Stop it with Ctrl-C.');
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    await forwarder.stop();
    return EXIT.ok;
  },
});
