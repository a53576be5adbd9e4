import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIAuthenticator } from '../../../src/cli.js';
import {
  AuthClient,
  createMemoryStore,
  describeError,
  isAuthError,
  type AuthError,
  type StoredRecord,
} from '../../../src/index.js';
import { createFakeTerminal } from '../../../src/testing.js';
import { issuer } from '../../support/scripted-server.js';

async function failureOf(call: Promise<unknown>): Promise<AuthError> {
  const error = await call.catch((failure: unknown) => failure);
  if (!isAuthError(error)) throw error;
  return error;
}

const workflow = 'Give the step its credential:  env: { MY_APP_TOKEN: "${{ secrets.MY_APP_TOKEN }}" }';

describe('a missing login', () => {
  const missing = async (env: Record<string, string>) => {
    const configDir = await mkdtemp(join(tmpdir(), 'authly-missing-'));
    return failureOf(new AuthClient({ appName: 'my-app', configDir, env, store: 'memory' }).getAccessToken());
  };

  // @rule 1.8
  it('names the command to a person', async () => {
    expect((await missing({})).hint).toBe('Run:  my-app auth login');
  });

  // @rule 1.8
  it('names the variables in continuous integration, where nobody can run a command', async () => {
    const error = await missing({ CI: 'true' });
    expect(error).toMatchObject({ code: 'login_required', exitCode: 2 });
    expect(error.hint).toBe('Set MY_APP_TOKEN, MY_APP_API_KEY, or MY_APP_CLIENT_ID and MY_APP_CLIENT_SECRET.');
    expect(describeError(error)).not.toContain('auth login');
  });

  // @rule 1.8
  it('gives the lines of the workflow in GitHub Actions', async () => {
    expect((await missing({ CI: 'true', GITHUB_ACTIONS: 'true' })).hint).toBe(workflow);
  });

  // @rule 1.8, 1.14
  it('is told by a login that nobody can make, with all ways out', async () => {
    const env = { HOME: '/nowhere', CI: 'true', GITHUB_ACTIONS: 'true' };
    const options = {
      appName: 'my-app',
      env,
      issuer,
      clientId: 'cli',
      store: createMemoryStore(),
    };
    const ways = [workflow, expect.stringContaining('MY_APP_TOKEN'), expect.stringContaining('MY_APP_CLIENT_SECRET')];
    const error = await failureOf(new CLIAuthenticator(options).login());
    expect(error).toMatchObject({ code: 'non_interactive', alternatives: ways });
    const able = await failureOf(new CLIAuthenticator({ ...options, continuesLogins: true }).login());
    expect(able).toMatchObject({ alternatives: [...ways, expect.stringContaining('--no-wait')] });
  });
});

describe('a variable that holds a credential', () => {
  const session: StoredRecord = {
    key: 'k',
    kind: 'session',
    profile: 'default',
    issuer,
    clientId: 'cli',
    method: 'device_code',
    scopes: [],
    obtainedAt: 0,
    refreshable: false,
    status: 'active',
    secrets: {},
  };

  // @rule 1.6
  it.each([
    [{ MY_APP_TOKEN: 't' }, 'MY_APP_TOKEN'],
    [{ MY_APP_API_KEY: 'k' }, 'MY_APP_API_KEY'],
    [{ MY_APP_CLIENT_ID: 'c', MY_APP_CLIENT_SECRET_FILE: '/run/secret' }, 'MY_APP_CLIENT_SECRET_FILE'],
  ])('is named at logout, because it goes on working: %o', async (variables, name) => {
    const env = { HOME: '/nowhere', ...variables };
    const store = createMemoryStore([session]);
    const tool = new CLIAuthenticator({ appName: 'my-app', env, store, terminal: createFakeTerminal() });
    expect(await tool.logout({ localOnly: true })).toMatchObject({
      deleted: true,
      warnings: [`${name} is set and goes on working; unset it to be logged out.`],
    });
  });

  it('is not named when there is none', async () => {
    const tool = new CLIAuthenticator({ appName: 'my-app', env: { HOME: '/nowhere' }, store: createMemoryStore() });
    expect((await tool.logout()).warnings).toEqual([]);
  });

  // @rule 2.10
  it('is enough: neither store nor keyring is opened for it', async () => {
    const keyring = () => Promise.reject(new Error('the keyring was asked'));
    const env = { HOME: '/nowhere/at/all', MY_APP_TOKEN: 'the-token', MY_APP_STORAGE: 'keyring' };
    const client = new AuthClient({ appName: 'my-app', env, keyring });
    expect(await client.getAccessToken()).toBe('the-token');
  });
});
