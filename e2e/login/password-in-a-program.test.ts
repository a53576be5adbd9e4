import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { credentials, type PasswordPrompter } from '../../packages/client/src/index.js';
import { givenTool } from '../../packages/client/test/support/tool.js';
import { type GivenAuthenticator, givenAuthenticator } from '../../packages/server/test/support/authenticator.js';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';

/** Names, passwords and codes in a program: the SDK, and software that no one here wrote, against our own server. */

let server: TestServer;
let plain: GivenUser;
let guarded: GivenUser;
let app: GivenAuthenticator;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  plain = await server.given.user();
  guarded = await server.given.user();
  app = await givenAuthenticator(server, guarded.user);
});

const scopes = ['openid', 'profile', 'offline_access'];

/** A person who types these codes, one after the other. */
function person({ user, password }: GivenUser, ...codes: readonly string[]) {
  const questions: { methods: readonly string[]; attempt: number }[] = [];
  const left = [...codes];
  const prompt: PasswordPrompter = {
    username: async () => user.username,
    password: async () => password,
    otp: async (question) => {
      questions.push(question);
      return left.shift() ?? 'nothing';
    },
  };
  return { prompt, questions };
}

function credential(prompt: PasswordPrompter) {
  return credentials.password({ issuer: server.url, clientId: 'authly', scopes, prompt });
}

/** What the server says of a token. */
async function introspected(token: string): Promise<Record<string, unknown>> {
  const answer = await server.post('/api/v1/oauth/introspect', { token });
  return (await answer.json()) as Record<string, unknown>;
}

function wrongCode(): string {
  return app.code() === '000000' ? '000001' : '000000';
}

describe('the SDK', () => {
  it('logs in with a password alone and asks nothing more', async () => {
    const { prompt, questions } = person(plain);
    const { token } = await credential(prompt).getToken();
    expect(await introspected(token)).toMatchObject({ active: true, username: plain.user.username });
    expect(questions).toEqual([]);
  });

  // @rule 3.16
  it('asks for the code, and again after a wrong one', async () => {
    const { prompt, questions } = person(guarded, wrongCode(), ` ${app.code().slice(0, 3)} ${app.code().slice(3)} `);
    const { token } = await credential(prompt).getToken();
    expect(await introspected(token)).toMatchObject({ active: true, username: guarded.user.username });
    expect(questions).toEqual([
      { methods: ['otp', 'recovery_code'], attempt: 1 },
      { methods: ['otp', 'recovery_code'], attempt: 2 },
    ]);
  });

  it('takes a recovery code', async () => {
    const { prompt } = person(guarded, app.recoveryCodes[0] ?? '');
    expect((await credential(prompt).getToken()).scopes).toEqual(scopes);
  });

  it('gives up after three wrong codes', async () => {
    const { prompt, questions } = person(guarded, wrongCode(), wrongCode(), wrongCode());
    await expect(credential(prompt).getToken()).rejects.toMatchObject({ code: 'invalid_credentials', exitCode: 2 });
    expect(questions).toHaveLength(3);
  });

  it('says what is wrong with a password without saying which half', async () => {
    const { prompt } = person({ ...guarded, password: 'wrong' });
    await expect(credential(prompt).getToken()).rejects.toMatchObject({
      code: 'invalid_credentials',
      reason: 'Incorrect username or password',
    });
  });

  it('names the factors where nobody can be asked for a code', async () => {
    const { prompt } = person(guarded);
    const silent = { username: prompt.username, password: prompt.password };
    await expect(credential(silent).getToken()).rejects.toMatchObject({
      code: 'mfa_required',
      exitCode: 2,
      methods: ['otp', 'recovery_code'],
    });
  });

  it('says how long to wait once the account is locked', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { prompt } = person(guarded, wrongCode(), wrongCode(), wrongCode());
      await credential(prompt)
        .getToken()
        .catch(() => undefined);
    }
    const { prompt } = person(guarded, app.code());
    await expect(credential(prompt).getToken()).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: expect.any(Number),
      exitCode: 8,
    });
  });

  it('says why a login has to go on in a browser, where there is none', async () => {
    const temporary = await server.given.user({ requiresPasswordChange: true });
    await expect(credential(person(temporary).prompt).getToken()).rejects.toMatchObject({
      code: 'mfa_required',
      methods: ['browser'],
      reason: expect.stringContaining('password must be changed'),
    });
  });
});

describe('a tool made with the SDK', () => {
  const tool = (options: Parameters<typeof givenTool>[0] = {}) =>
    givenTool({ issuer: server.url, clientId: 'authly', scopes, ...options });

  // @rule 3.16
  it('asks at the terminal for name, password and code', async () => {
    const { authenticator, terminal } = await tool();
    for (const answer of [guarded.user.username, guarded.password, wrongCode(), app.code()]) terminal.answer(answer);
    const login = await authenticator.login({ method: 'password' });
    expect(login).toMatchObject({ method: 'password', username: guarded.user.username });
    expect(terminal.questions).toEqual([
      'Username: ',
      'Password: ',
      'Code of your authenticator app, or a recovery code: ',
      'Code of your authenticator app, or a recovery code: ',
    ]);
    expect(terminal.lines).toContain('That code was not accepted.');
  });

  it('goes on in the browser when the server says so, and says why', async () => {
    const temporary = await server.given.user({ requiresPasswordChange: true });
    const stop = new AbortController();
    const opened: string[] = [];
    const { authenticator, terminal } = await tool({
      opens: async (url) => {
        opened.push(url);
        stop.abort();
        return true;
      },
    });
    for (const answer of [temporary.user.username, temporary.password]) terminal.answer(answer);
    await expect(authenticator.login({ method: 'password', signal: stop.signal })).rejects.toMatchObject({
      code: 'login_cancelled',
    });
    expect(opened).toEqual([expect.stringContaining('/oauth/authorize?')]);
    expect(terminal.lines.join('\n')).toContain('The password must be changed first, in a browser.');
  });

  it('shows a code in place of the browser where the browser is somewhere else', async () => {
    const temporary = await server.given.user({ requiresPasswordChange: true });
    const stop = new AbortController();
    const { authenticator, terminal, visits } = await tool({ remote: true });
    for (const answer of [temporary.user.username, temporary.password]) terminal.answer(answer);
    const login = authenticator.login({ method: 'password', signal: stop.signal });
    await expect.poll(() => terminal.lines.join('\n')).toMatch(/[B-Z]{4}-[B-Z]{4}/);
    stop.abort();
    await expect(login).rejects.toMatchObject({ code: 'login_cancelled' });
    expect(visits).toEqual([]);
  });

  it('never waits for a browser where nobody is', async () => {
    const temporary = await server.given.user({ requiresPasswordChange: true });
    const { authenticator } = await tool({ variables: { CI: 'true' } });
    const { prompt } = person(temporary);
    await expect(authenticator.login({ method: 'password', prompt })).rejects.toMatchObject({
      code: 'mfa_required',
      methods: ['browser'],
    });
  });
});

describe('a server with nothing but the password grant', () => {
  it('gets name, password and code together', async () => {
    const legacy = await startServer({ settings: { 'challenge_endpoint.enabled': false } });
    try {
      const user = await legacy.given.user();
      const authenticator = await givenAuthenticator(legacy, user.user);
      const login = (prompt: PasswordPrompter) =>
        credentials.password({ issuer: legacy.url, clientId: 'authly', scopes, prompt }).getToken();
      const { username, password } = person(user).prompt;
      await expect(login({ username, password })).rejects.toMatchObject({ code: 'mfa_required' });
      const { prompt, questions } = person(user, 'wrong', authenticator.code());
      expect((await login(prompt)).scopes).toEqual(scopes);
      expect(questions.map(({ attempt }) => attempt)).toEqual([1, 2]);
      const again = person(user, 'wrong', 'wrong', 'wrong', 'wrong');
      await expect(login(again.prompt)).rejects.toMatchObject({ code: 'invalid_credentials' });
      expect(again.questions).toHaveLength(3);
    } finally {
      await legacy.stop();
    }
  });
});

describe('software that no one here wrote', () => {
  it('redeems the code: oauth4webapi, which checks every answer', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(server.url);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client: oauth.Client = { client_id: 'authly' };
    const verifier = oauth.generateRandomCodeVerifier();
    const send = async (form: Record<string, string>): Promise<Record<string, string>> => {
      const body = new URLSearchParams({ client_id: client.client_id, ...form });
      const endpoint = as['authorization_challenge_endpoint'] as string;
      return (await (await fetch(endpoint, { method: 'POST', body })).json()) as Record<string, string>;
    };
    const asked = await send({
      response_type: 'code',
      username: guarded.user.username,
      password: guarded.password,
      scope: 'openid',
      nonce: 'the nonce',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const { authorization_code: code = '' } = await send({
      auth_session: asked['auth_session'] ?? '',
      otp: app.code(),
    });
    const parameters = { code, code_verifier: verifier };
    const answer = await oauth.processGenericTokenEndpointResponse(
      as,
      client,
      await oauth.genericTokenEndpointRequest(as, client, oauth.None(), 'authorization_code', parameters, insecure),
    );
    expect(oauth.getValidatedIdTokenClaims(answer)).toMatchObject({
      sub: guarded.user.id,
      nonce: 'the nonce',
      amr: ['pwd', 'otp', 'mfa'],
    });
  });
});
