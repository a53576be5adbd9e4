import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, requestClientCredentials } from '../../src/flows.js';
import { Secret } from '../../src/index.js';
import { approveDevice } from '../support/browser.js';
import { bundle, run, start, type Child, type Ended } from '../support/children.js';
import { api, startProvider, type RunningProvider } from '../support/oidc-provider.js';

const examples = join(import.meta.dirname, '../../../../examples');
const machine = { id: 'machine-client_secret_basic', secret: 'a secret with + / % and spaces' };

describe('the examples', () => {
  let provider: RunningProvider;
  let app: string;
  let server: Child;
  let env: Record<string, string>;
  beforeAll(async () => {
    const [running, tool, service] = await Promise.all([
      startProvider(),
      bundle('my-app', join(examples, 'my-app/my-app.mjs')),
      bundle('my-api', join(examples, 'my-api/my-api.mjs')),
    ]);
    provider = running;
    app = tool;
    server = start(service, {
      ISSUER: provider.issuer,
      AUDIENCE: api,
      PORT: '0',
      API_CLIENT_ID: machine.id,
      API_CLIENT_SECRET: machine.secret,
    });
    const url = await new Promise<string>((resolve) => {
      server.process.stdout?.once('data', (chunk) => resolve(String(chunk).trim()));
    });
    env = {
      HOME: await mkdtemp(join(tmpdir(), 'authly-examples-')),
      MY_APP_STORAGE: 'file',
      MY_APP_ISSUER: provider.issuer,
      MY_APP_API_URL: url,
      MY_APP_RESOURCE: api,
    };
  });
  afterAll(async () => {
    server.process.kill();
    await server.ended;
    await provider.close();
  });

  const myApp = (args: readonly string[], more: Record<string, string> = {}): Promise<Ended> =>
    start(app, { ...env, ...more }, { args }).ended;
  const asMachine = { MY_APP_CLIENT_ID: machine.id, MY_APP_CLIENT_SECRET: machine.secret };

  it('my-app logs a person in and lists virtual machines, until the logout', async () => {
    const before = await myApp(['list', 'vms']);
    expect(before.code).toBe(2);
    expect(before.stderr).toContain('my-app login');

    const pending = JSON.parse((await myApp(['login', '--no-wait'])).stdout);
    await approveDevice(pending.verificationUri, pending.userCode);
    const login = await myApp(['login', '--continue', pending.id]);
    expect(login).toMatchObject({ code: 0, stdout: '' });
    expect(login.stderr).toContain('Logged in');

    expect(await myApp(['list', 'vms'])).toMatchObject({
      code: 0,
      stdout: 'web-1\tus-east-1\nweb-2\teu-west-1\n',
      stderr: '',
    });
    expect(JSON.parse((await myApp(['status'])).stdout)).toMatchObject({ authenticated: true, method: 'device_code' });
    expect(await myApp(['logout'])).toMatchObject({ code: 0 });
    expect((await myApp(['list', 'vms'])).code).toBe(2);
  });

  it('my-app deploys from a pipeline with nothing but two variables', async () => {
    const deploy = ['deploy', 'service-name', '--version', '1.2.3', '--region', 'us-east-1'];
    const ended = await myApp(deploy, { ...asMachine, CI: 'true', MY_APP_SCOPE: 'vms:write' });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual({
      deployed: 'service-name',
      version: '1.2.3',
      region: 'us-east-1',
      by: machine.id,
    });
  });

  it('my-app names the permission that a pipeline lacks', async () => {
    const ended = await myApp(['deploy', 'x', '--version', '1'], { ...asMachine, MY_APP_SCOPE: 'vms:read' });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('vms:write');
  });

  it('my-app explains itself and refuses what it does not know', async () => {
    expect(await myApp(['--help'])).toMatchObject({ code: 0, stdout: '' });
    expect((await myApp(['dance'])).code).toBe(5);
  });

  it.each([
    ['python3', 'client_credentials.py'],
    ['sh', 'client-credentials.sh'],
  ])('%s %s lists virtual machines as a program', async (command, script) => {
    const ended = await run([command, join(examples, 'scripts', script)], { ...env, ...asMachine });
    expect(ended).toMatchObject({ code: 0, stdout: 'web-1\tus-east-1\nweb-2\teu-west-1\n', stderr: '' });
  });

  it('api-key.sh calls the API with a key that only the server can read', async () => {
    // This server has no API keys; its opaque tokens are to the API what keys are: something to ask about.
    const connection = await connect({
      issuer: provider.issuer,
      clientId: machine.id,
      clientSecret: Secret.from(machine.secret),
    });
    const { accessToken } = await requestClientCredentials(connection);
    expect(accessToken).not.toContain('.');
    const ended = await run(['sh', join(examples, 'scripts/api-key.sh')], { ...env, MY_APP_API_KEY: accessToken });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const wrong = await run(['sh', join(examples, 'scripts/api-key.sh')], {
      ...env,
      MY_APP_API_KEY: 'authly_pat_wrong',
    });
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('401');
  });
});
