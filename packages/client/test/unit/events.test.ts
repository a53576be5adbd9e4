import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CLIAuthenticator } from '../../src/cli.js';
import {
  AuthClient,
  Secret,
  StorageError,
  createMemoryStore,
  createTokenStore,
  type AuthEvents,
} from '../../src/index.js';
import { createFakeClock, createFakeTerminal } from '../../src/testing.js';
import { issuer, metadata, scriptedFetch, type Answer, type Exchange } from '../support/scripted-server.js';

const names: readonly (keyof AuthEvents)[] = [
  'token:acquired',
  'token:refreshed',
  'refresh:failed',
  'session:expired',
  'session:revoked',
  'login:started',
  'login:prompt',
  'login:completed',
  'profile:changed',
  'storage:fallback',
  'storage:lock-timeout',
  'clock:skew',
  'request:retried',
];

type Heard = Partial<Record<keyof AuthEvents, object>>;

/** Notes the last payload of every event of the contract. */
function listen(source: Pick<AuthClient, 'on'>, heard: Heard): void {
  for (const name of names) source.on(name, (payload) => Object.assign(heard, { [name]: payload }));
}

/** A server with every endpoint, whose token endpoint answers by a script and whose other endpoints always do. */
function server(tokens: readonly (Answer | ((exchange: Exchange) => Answer))[]) {
  const script = scriptedFetch(tokens);
  const others: Record<string, Answer> = {
    [`${issuer}/device`]: {
      body: {
        device_code: 'the-device-code',
        user_code: 'BCDF-GHJK',
        verification_uri: `${issuer}/d`,
        expires_in: 600,
      },
    },
    [`${issuer}/revoke`]: { status: 200 },
    [`${issuer}/userinfo`]: { body: { sub: 'u1', preferred_username: 'alice' } },
    [`${issuer}/.well-known/openid-configuration`]: { body: metadata },
  };
  const fetch: typeof globalThis.fetch = (input, init) => {
    const answer = others[String(input)];
    return answer ? scriptedFetch([answer]).fetch(input, init) : script.fetch(input, init);
  };
  return { fetch, exchanges: script.exchanges };
}

const given = (change: object = {}): Answer => ({
  body: {
    access_token: 'the-access-token',
    refresh_token: 'the-refresh-token',
    token_type: 'Bearer',
    expires_in: 3600,
    ...change,
  },
});

describe('every event of the contract', () => {
  const heard: Heard = {};

  it('is sent in the life of a login', async () => {
    const clock = createFakeClock();
    const late = { date: new Date(clock.now() + 3_700_000 + 600_000).toUTCString() };
    const { fetch } = server([
      given(),
      { network: true },
      { ...given(), headers: late },
      { status: 400, body: { error: 'invalid_grant' } },
    ]);
    const home = await mkdtemp(join(tmpdir(), 'authly-events-'));
    const env = { HOME: home };
    const store = createMemoryStore();
    const tool = new CLIAuthenticator({
      appName: 'my-app',
      configDir: home,
      env,
      fetch,
      clock,
      store,
      issuer,
      clientId: 'cli',
      scopes: ['openid'],
      terminal: createFakeTerminal(),
    });
    listen(tool, heard);
    const login = tool.login({ method: 'device_code', noBrowser: true });
    for (let turn = 0; turn < 20 && !heard['login:prompt']; turn += 1) await clock.advance(1);
    await clock.advance(6_000);
    await login;
    await tool.configureProfile('other', {});

    const client = await tool.getActiveClient();
    listen(client, heard);
    await clock.advance(3_700_000);
    const refreshed = client.getAccessToken();
    await clock.advance(1_000);
    await refreshed;
    expect(await client.revoke()).toBe('revoked');
    await clock.advance(3_700_000);
    const over = client.getAccessToken().catch(() => undefined);
    await clock.advance(1_000);
    await over;
  });

  it('is sent for a program, its requests and its store', async () => {
    const { fetch } = server([given({ refresh_token: undefined }), { network: true }, {}]);
    const credentials = { issuer, clientId: 'ci', clientSecret: Secret.from('the-secret') };
    const client = new AuthClient({ ...credentials, env: {}, store: 'memory', fetch });
    listen(client, heard);
    await client.fetch(`${issuer}/vms`);

    const dir = await mkdtemp(join(tmpdir(), 'authly-events-'));
    const clock = createFakeClock();
    const store = await createTokenStore({
      dir,
      stateDir: join(dir, 'state'),
      clock,
      keyring: () => Promise.reject(new StorageError({ failure: 'unavailable', message: 'no keyring' })),
      env: {},
    });
    await mkdir(join(dir, 'locks'));
    const holder = { pid: process.pid, host: hostname(), owner: 'someone', started: '' };
    await writeFile(join(dir, 'locks', 'file.lock'), JSON.stringify(holder));
    const second = new AuthClient({
      ...credentials,
      appName: 'my-app',
      configDir: dir,
      env: {},
      store,
      fetch: server([given()]).fetch,
      clock,
    });
    listen(second, heard);
    const token = second.getAccessToken().catch(() => undefined);
    await clock.advance(60_000);
    await token;
  });

  // @rule 3.10
  it('was heard, and none holds a secret', () => {
    expect(names.filter((name) => heard[name] === undefined)).toEqual([]);
    expect(JSON.stringify(heard)).not.toMatch(/the-(access|refresh|device|secret)/);
    expect(heard['token:acquired']).toMatchObject({ method: 'client_credentials', source: 'server' });
    expect(heard['login:prompt']).toMatchObject({ userCode: 'BCDF-GHJK', verificationUri: `${issuer}/d` });
    expect(heard['login:completed']).toMatchObject({ method: 'device_code', profile: 'default', username: 'alice' });
    expect(heard['clock:skew']).toEqual({ seconds: expect.closeTo(595, -1) });
  });
});

describe('the library', () => {
  const written: unknown[] = [];
  afterEach(() => vi.restoreAllMocks());

  // @rule 3.4
  it('prints nothing by itself, whatever happens', async () => {
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => written.push(text) > 0);
    for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, name).mockImplementation((text) => void written.push(text));
    const dir = await mkdtemp(join(tmpdir(), 'authly-silent-'));
    const { fetch } = server([given({ refresh_token: undefined }), { status: 500 }]);
    const client = new AuthClient({
      issuer,
      clientId: 'ci',
      clientSecret: Secret.from('s'),
      configDir: dir,
      env: { HOME: dir },
      fetch,
    });
    await client.getAccessToken();
    await client.getToken({ scopes: ['more'] }).catch(() => undefined);
    await client.fetch('https://elsewhere.example').catch(() => undefined);
    await client.close();
    expect(written).toEqual([]);
  });
});
