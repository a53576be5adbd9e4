import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { CLIAuthenticator, type CLIAuthenticatorOptions } from '../../packages/client/src/cli.js';
import { createFakeTerminal, type FakeTerminal } from '../../packages/client/src/testing.js';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { createPerson, type Person } from '../login/support/person.js';

type Settings = NonNullable<NonNullable<Parameters<typeof startServer>[0]>['settings']>;

export interface Setting {
  readonly server: () => TestServer;
  readonly url: () => string;
  /** An API key of a person. */
  key(owner: GivenUser, scope: string): Promise<{ readonly id: string; readonly secret: string }>;
  revokeKey(owner: GivenUser, id: string): Promise<void>;
  /** Whether the server takes a token for alive. */
  isActive(token: string): Promise<boolean>;
}

/** Our own server, which asks everybody who introspects to authenticate. */
export function withServer(settings: Settings = {}): Setting {
  let running: TestServer | undefined;
  let basic: Record<string, string> = {};
  const server = () => {
    if (!running) throw new Error('the server has not been started');
    return running;
  };
  beforeAll(async () => {
    running = await startServer({ settings: { 'introspection.auth': 'required', ...settings } });
    basic = (await running.given.client({ name: 'Auditor' })).basic;
  });
  afterAll(() => running?.stop());

  async function asOwner(owner: GivenUser, scope: string, path: string, init: RequestInit): Promise<Response> {
    const { access_token: token } = await server().given.passwordTokens(owner, ['openid', ...scope.split(' ')]);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server().url}/api/v1/api-keys${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`api-keys: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  return {
    server,
    url: () => server().url,
    async key(owner, scope) {
      const answer = await asOwner(owner, scope, '', { method: 'POST', body: JSON.stringify({ name: 'k', scope }) });
      const { id, api_key: secret } = (await answer.json()) as { id: string; api_key: string };
      return { id, secret };
    },
    async revokeKey(owner, id) {
      await asOwner(owner, 'read', `/${id}`, { method: 'DELETE' });
    },
    async isActive(token) {
      const answer = await server().post('/api/v1/oauth/introspect', { token }, basic);
      return ((await answer.json()) as { active: boolean }).active;
    },
  };
}

export interface Tool {
  readonly authenticator: CLIAuthenticator;
  readonly terminal: FakeTerminal;
  readonly env: Record<string, string>;
  readonly person: Person;
}

/** A tool at a desk, of a person whose browser signs in by itself; it knows nothing of any server. */
export async function givenTool(owner: GivenUser, options: Partial<CLIAuthenticatorOptions> = {}): Promise<Tool> {
  const home = await mkdtemp(join(tmpdir(), 'authly-sdk-'));
  const env = { HOME: home, DISPLAY: ':0', MY_APP_STORAGE: 'file' };
  const person = createPerson({ username: owner.user.username, password: owner.password });
  const terminal = createFakeTerminal();
  const authenticator = new CLIAuthenticator({
    appName: 'my-app',
    loginCommand: 'my-app login',
    env,
    terminal,
    remote: false,
    browser: async (url) => {
      person.comeBackFrom(url).catch((error: unknown) => console.error(error));
      return true;
    },
    ...options,
  });
  return { authenticator, terminal, env, person };
}
