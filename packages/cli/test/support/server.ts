import { afterAll, beforeAll } from 'vitest';
import { startServer, type TestServer } from '../../../server/test/support/server.js';
import { createCli, type Cli } from './cli.js';

/** A real server with an administrator, and a command that is set to it. */

export const ADMIN_PASSWORD = 'Test123!';

export interface Administration {
  readonly cli: Cli;
  readonly server: () => TestServer;
  readonly url: () => string;
  /** Logs `admin` in. */
  logIn(): Promise<void>;
  /** A second command, as on another computer: same server, its own home. */
  another(): Cli;
}

type Settings = NonNullable<NonNullable<Parameters<typeof startServer>[0]>['settings']>;

/** Starts the server before the tests of a file and stops it after them. */
export function administration(settings: Settings = {}): Administration {
  let server: TestServer | undefined;
  const env: NodeJS.ProcessEnv = {};
  const cli = createCli(env);
  const started = () => {
    if (!server) throw new Error('the server has not been started');
    return server;
  };
  beforeAll(async () => {
    server = await startServer({
      settings: { 'bootstrap.admin_password': ADMIN_PASSWORD, 'bootstrap.dev_mode': true, ...settings },
    });
    cli.env['AUTHLY_API_URL'] = server.url;
  });
  afterAll(async () => server?.stop());
  return {
    cli,
    server: started,
    url: () => started().url,
    logIn: () => logIn(cli),
    another: () => createCli({ AUTHLY_API_URL: started().url }),
  };
}

export async function logIn(cli: Cli, username = 'admin', password = ADMIN_PASSWORD): Promise<void> {
  const words = ['admin', 'auth', 'login', '--username', username, '--password-stdin'];
  const { code, stderr } = await cli.here(words, { stdin: password });
  if (code !== 0) throw new Error(`the login failed: ${stderr}`);
}
