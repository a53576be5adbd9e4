import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCli } from '../../packages/cli/test/support/cli.js';
import { CLIAuthenticator } from '../../packages/client/src/cli.js';
import { AuthClient, describeError, isAuthError } from '../../packages/client/src/index.js';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { givenTool, withServer } from './support.js';

/** The authenticator of the SDK against our own server: what a tool needs to know, and what it shares. */

const { server, url, isActive } = withServer();
let user: GivenUser;
beforeEach(async () => {
  user = await server().given.user();
});

describe('a tool that knows nothing but the address of our server', () => {
  // @rule 3.27, 3.28
  it.each([
    ['the issuer of a profile', 'issuer'],
    ['the API address of a profile', 'apiUrl'],
  ])('finds client, scopes and endpoints by itself: %s', async (_what, name) => {
    const { authenticator } = await givenTool(user);
    await authenticator.configureProfile('dev', { [name]: url() });
    const result = await authenticator.login({ profileName: 'dev' });
    expect(result).toMatchObject({
      profile: 'dev',
      issuer: url(),
      apiUrl: url(),
      username: user.user.username,
      method: 'authorization_code',
      scopes: expect.arrayContaining(['openid', 'profile', 'email', 'offline_access']),
    });
    expect(await (await authenticator.getActiveClient()).whoami()).toMatchObject({ subject: user.user.id });
  });

  // @rule 3.27
  it('takes the address from a variable, an option, or its own settings', async () => {
    const byVariable = await givenTool(user);
    const env = { ...byVariable.env, MY_APP_API_URL: url() };
    const { authenticator } = await givenTool(user, { env });
    expect(await authenticator.login()).toMatchObject({ issuer: url() });
    const byOption = await givenTool(user);
    expect(await byOption.authenticator.login({ apiUrl: url() })).toMatchObject({ issuer: url() });
    const byTool = await givenTool(user, { apiUrl: url() });
    expect(await byTool.authenticator.login()).toMatchObject({ issuer: url() });
  });

  it('says what is missing when it knows none, before anything is asked', async () => {
    const { authenticator, terminal } = await givenTool(user);
    await expect(authenticator.login()).rejects.toMatchObject({ code: 'config_invalid' });
    expect([...terminal.lines, ...terminal.questions]).toEqual([]);
  });
});

describe('the first example of every guide', () => {
  // @rule 3.28
  it('runs as it is written: configure, log in, get the active client', async () => {
    const machine = await server().given.client({ scopes: ['read'] });
    const env = { HOME: await mkdtemp(join(tmpdir(), 'authly-sdk-')), MY_APP_STORAGE: 'file' };
    CLIAuthenticator.default({ appName: 'my-app', issuer: url(), env });

    await CLIAuthenticator.configureProfile('dev-env', { clientId: machine.clientId, clientSecret: machine.secret });
    await CLIAuthenticator.login({ profileName: 'dev-env' });
    const client = await CLIAuthenticator.getActiveClient();

    expect(await isActive(await client.getAccessToken())).toBe(true);
    const profiles = await readFile(join(env.HOME, '.config/my-app/profiles.json'), 'utf8');
    expect(profiles).not.toContain(machine.secret);
  });
});

describe('a login in two steps', () => {
  // @rule 1.15, 3.28
  it('is started by one tool and finished by another, which then works', async () => {
    const { authenticator, env, person } = await givenTool(user, { apiUrl: url() });
    const pending = await authenticator.startLogin();
    expect(pending).toMatchObject({ verificationUri: `${url()}/device`, intervalSeconds: 5 });
    expect(pending.verificationUriComplete).toBe(`${url()}/device?user_code=${pending.userCode}`);
    await person.enterCode(pending);
    const another = new CLIAuthenticator({ appName: 'my-app', env });
    expect(await another.completeLogin(pending.id)).toMatchObject({ username: user.user.username });
    expect(await (await another.getActiveClient()).whoami()).toMatchObject({ subject: user.user.id });
  });
});

describe('a second login', () => {
  // @rule 1.5, 3.29
  it('replaces the first, whose tokens are worth nothing afterwards; without force it asks nothing', async () => {
    const { authenticator, terminal } = await givenTool(user, { issuer: url() });
    await authenticator.login();
    const first = await (await authenticator.getActiveClient()).getAccessToken();
    const lines = terminal.lines.length;
    expect(await authenticator.login()).toMatchObject({ alreadyLoggedIn: true, username: user.user.username });
    expect(terminal.lines).toHaveLength(lines);
    expect(await isActive(first)).toBe(true);
    expect(await authenticator.login({ force: true })).toMatchObject({ alreadyLoggedIn: false });
    expect(await isActive(first)).toBe(false);
    expect(await isActive(await (await authenticator.getActiveClient()).getAccessToken())).toBe(true);
  });
});

describe('the status', () => {
  // @rule 1.45
  it('asks the server only when it is told to, and then tells what the server says', async () => {
    const { authenticator } = await givenTool(user, { issuer: url() });
    await authenticator.login();
    const client = await authenticator.getActiveClient();
    const token = await client.getAccessToken();
    await client.revoke();
    expect(await isActive(token)).toBe(false);
    expect(await authenticator.status()).toMatchObject({ authenticated: true, source: 'active profile default' });
    const checked = await authenticator.status({ check: true });
    expect(checked.authenticated).toBe(false);
    expect(checked.warnings.join(' ')).toContain('The server refused the request.');
  });
});

describe('our own command and the SDK', () => {
  // @rule 3.6
  it('share one login: what the command has stored, a program without a name of its own uses', async () => {
    const cli = createCli({ AUTHLY_API_URL: url() });
    const words = ['admin', 'auth', 'login', '-u', user.user.username, '--password-stdin'];
    expect((await cli.run(words, { stdin: user.password })).code).toBe(0);
    const client = await AuthClient.fromConfig({ env: { ...cli.env, AUTHLY_API_URL: undefined } });
    expect(await client.whoami()).toMatchObject({ username: user.user.username });
    await client.refresh({ force: true });
    const shown = await cli.run(['admin', 'auth', 'token']);
    expect(shown.stdout.trim()).toBe(await client.getAccessToken());
    await client.logout();
    expect((await cli.run(['admin', 'auth', 'token'])).code).toBe(2);
  });

  // @rule 3.6
  it('share it in the default home too, with the key of the tokens beside it', async () => {
    const cli = createCli({ AUTHLY_API_URL: url(), AUTHLY_HOME: undefined });
    const words = ['admin', 'auth', 'login', '-u', user.user.username, '--password-stdin'];
    expect((await cli.run(words, { stdin: user.password })).code).toBe(0);
    const client = await AuthClient.fromConfig({ env: cli.env });
    expect(await isActive(await client.getAccessToken())).toBe(true);
  });

  it('say the same when there is no login', async () => {
    const cli = createCli({ AUTHLY_API_URL: url() });
    const { code } = await cli.run(['admin', 'auth', 'token']);
    const error = await new AuthClient({ env: cli.env }).getAccessToken().catch((failure: unknown) => failure);
    expect([code, isAuthError(error, 'login_required') && error.exitCode]).toEqual([2, 2]);
    expect(describeError(error)).toContain('authly auth login');
  });
});
