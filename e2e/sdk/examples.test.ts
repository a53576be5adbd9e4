import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundle, run, start, type Child, type Ended } from '../../packages/client/test/support/children.js';
import { openTerminal, type RealTerminal } from '../../packages/client/test/support/terminal.js';
import type { GivenClient, GivenUser } from '../../packages/server/test/support/given.js';
import { createPerson } from '../login/support/person.js';
import { withServer } from './support.js';

/** The examples, as a reader runs them, against our own server: a tool, its API, and scripts without any library. */

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const resource = 'https://api.example.com';
const { server, url, key, revokeKey, isActive } = withServer({ 'tokens.default_audience': resource });
const VMS = 'web-1\tus-east-1\nweb-2\teu-west-1\n';

let user: GivenUser;
let machine: GivenClient;
let app: string;
let api: Child;
let env: Record<string, string>;
let asMachine: Record<string, string>;
const terminals: RealTerminal[] = [];

beforeAll(async () => {
  const scopes = ['openid', 'profile', 'offline_access', 'vms:read', 'vms:write'];
  await server().given.scope('vms:read');
  await server().given.scope('vms:write');
  await server().given.client({
    clientId: 'my-app',
    name: 'my-app',
    type: 'public',
    applicationType: 'native',
    redirectUris: ['http://127.0.0.1/callback'],
    scopes,
  });
  user = await server().given.user();
  machine = await server().given.client({ name: 'pipeline', scopes });
  const owner = await server().given.client({ name: 'the API' });
  const service = await bundle('my-api', join(examples, 'my-api/my-api.mjs'));
  app = await bundle('my-app', join(examples, 'my-app/my-app.mjs'));
  api = start(service, {
    ISSUER: url(),
    AUDIENCE: resource,
    PORT: '0',
    API_CLIENT_ID: owner.clientId,
    API_CLIENT_SECRET: owner.secret,
  });
  const address = await new Promise<string>((resolve) => {
    api.process.stdout?.once('data', (chunk) => resolve(String(chunk).trim()));
  });
  env = {
    HOME: mkdtempSync(join(tmpdir(), 'authly-examples-')),
    MY_APP_STORAGE: 'file',
    MY_APP_ISSUER: url(),
    MY_APP_API_URL: address,
    MY_APP_RESOURCE: resource,
  };
  asMachine = { MY_APP_CLIENT_ID: machine.clientId, MY_APP_CLIENT_SECRET: machine.secret };
});
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});
afterAll(async () => {
  api?.process.kill();
  await api?.ended;
});

const myApp = (args: readonly string[], more: Record<string, string> = {}): Promise<Ended> =>
  start(app, { ...env, ...more }, { args }).ended;
const person = () => createPerson({ username: user.user.username, password: user.password });

describe('my-app', () => {
  it('logs a person in through the browser that it opens, and lists virtual machines until the logout', async () => {
    const visited = join(env['HOME'] ?? '', 'visited');
    const browser = join(env['HOME'] ?? '', 'browser');
    writeFileSync(browser, `#!/bin/sh\nprintf '%s' "$1" > '${visited}'\n`);
    chmodSync(browser, 0o755);
    const before = await myApp(['list', 'vms']);
    expect([before.code, before.stderr]).toEqual([2, expect.stringContaining('Run:  my-app login')]);

    const desk = { ...env, MY_APP_BROWSER: browser, DISPLAY: ':99' };
    const terminal = await openTerminal([process.execPath, app, 'login', '--method', 'browser'], desk);
    terminals.push(terminal);
    await expect.poll(() => existsSync(visited) && readFileSync(visited, 'utf8'), { timeout: 15_000 }).toMatch(/^http/);
    await person().comeBackFrom(readFileSync(visited, 'utf8'));
    expect(await terminal.waitFor(/(Logged in as \S+)/)).toBe(`Logged in as ${user.user.username}.`);
    expect(await terminal.waitFor(/ended with (\d+)/)).toBe('0');

    expect(await myApp(['list', 'vms'])).toMatchObject({ code: 0, stdout: VMS, stderr: '' });
    expect(JSON.parse((await myApp(['status'])).stdout)).toMatchObject({
      authenticated: true,
      method: 'authorization_code',
      username: user.user.username,
    });
    expect(await myApp(['logout'])).toMatchObject({ code: 0, stderr: '✓ Logged out.\n' });
    expect((await myApp(['list', 'vms'])).code).toBe(2);
  });

  it('logs a person in by two steps without a terminal', async () => {
    const pending = JSON.parse((await myApp(['login', '--no-wait'])).stdout) as Record<string, string>;
    await person().enterCode({
      verificationUri: pending['verificationUri'] ?? '',
      userCode: pending['userCode'] ?? '',
    });
    expect(await myApp(['login', '--continue', pending['id'] ?? ''])).toMatchObject({ code: 0, stdout: '' });
    expect(await myApp(['list', 'vms'])).toMatchObject({ code: 0, stdout: VMS });
    await myApp(['logout']);
  });

  it('deploys from a pipeline with nothing but two variables', async () => {
    const deploy = ['deploy', 'service-name', '--version', '1.2.3', '--region', 'us-east-1'];
    const ended = await myApp(deploy, { ...asMachine, CI: 'true' });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual({
      deployed: 'service-name',
      version: '1.2.3',
      region: 'us-east-1',
      by: machine.clientId,
    });
  });

  it('says in a pipeline what to set when nothing is, and which permission is missing when one is', async () => {
    const nothing = await myApp(['deploy', 'x', '--version', '1'], { CI: 'true' });
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('Set MY_APP_TOKEN, MY_APP_API_KEY, or MY_APP_CLIENT_ID and MY_APP_CLIENT_SECRET.');
    const less = { ...asMachine, CI: 'true', MY_APP_SCOPE: 'vms:read' };
    const lacking = await myApp(['deploy', 'x', '--version', '1'], less);
    expect(lacking.code).toBe(3);
    expect(lacking.stderr).toContain('vms:write');
  });

  it('works with an API key in place of a login, until the key is revoked', async () => {
    const { id, secret } = await key(user, 'vms:read');
    expect(await myApp(['list', 'vms'], { MY_APP_API_KEY: secret })).toMatchObject({ code: 0, stdout: VMS });
    await revokeKey(user, id);
    expect(await isActive(secret)).toBe(false);
  });
});

describe('the scripts', () => {
  it('are all tried here', () => {
    expect(readdirSync(join(examples, 'scripts')).sort()).toEqual([
      'api-key.sh',
      'api_key.py',
      'client-credentials.sh',
      'client_credentials.py',
    ]);
  });

  it.each([
    ['python3', 'client_credentials.py'],
    ['sh', 'client-credentials.sh'],
  ])('%s %s lists virtual machines as a program', async (command, script) => {
    const ended = await run([command, join(examples, 'scripts', script)], { ...env, ...asMachine });
    expect(ended).toMatchObject({ code: 0, stdout: VMS, stderr: '' });
    const wrong = { ...env, ...asMachine, MY_APP_CLIENT_SECRET: 'cs_wrong' };
    const refused = await run([command, join(examples, 'scripts', script)], wrong);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('401');
    expect(refused.stderr).not.toContain('cs_wrong');
  });

  it.each([
    ['python3', 'api_key.py'],
    ['sh', 'api-key.sh'],
  ])('%s %s calls the API with an API key', async (command, script) => {
    const { secret } = await key(user, 'vms:read');
    const ended = await run([command, join(examples, 'scripts', script)], { ...env, MY_APP_API_KEY: secret });
    expect(ended).toMatchObject({ code: 0, stdout: `${user.user.id}\n`, stderr: '' });
    const wrong = { ...env, MY_APP_API_KEY: `${secret.slice(0, -4)}AAAA` };
    const refused = await run([command, join(examples, 'scripts', script)], wrong);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('401');
    expect(refused.stderr).not.toContain(secret.slice(11, 30));
  });
});
