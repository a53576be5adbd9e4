import { describe, expect, it } from 'vitest';
import { CredentialUnavailableError, Secret, createMemoryStore, credentials } from '../../src/index.js';
import { loginWithPassword, type PasswordPrompter } from '../../src/flows.js';
import { createFakeClock } from '../../src/testing.js';
import { issuer, metadata, scriptedConnection, scriptedFetch, type Answer } from '../support/scripted-server.js';

const token = (change: object = {}): Answer => ({
  body: { access_token: 'at', token_type: 'Bearer', expires_in: 600, ...change },
});
const print = (text: string) => [process.execPath, '-e', `process.stdout.write(${JSON.stringify(text)})`];

describe('an API key', () => {
  it('is trimmed, and refused when it cannot be one', async () => {
    expect((await credentials.apiKey({ key: Secret.from(' k-1\n') }).getToken()).token).toBe('k-1');
    for (const wrong of ['', ' ', '"k-1"', 'k 1', 'k\n1']) {
      await expect(credentials.apiKey({ key: Secret.from(wrong) }).getToken()).rejects.toMatchObject({
        code: 'config_invalid',
      });
    }
  });

  // @rule 3.13
  it('goes where it was told to go', () => {
    const headers = new Headers();
    const key = credentials.apiKey({ key: Secret.from('k'), header: 'X-API-Key' });
    key.authorize?.(headers, { token: 'k' } as never);
    credentials.apiKey({ key: Secret.from('k'), scheme: 'Token' }).authorize?.(headers, { token: 'k' } as never);
    expect(Object.fromEntries(headers)).toEqual({ 'x-api-key': 'k', authorization: 'Token k' });
  });
});

describe('client credentials', () => {
  function given(answers: readonly Answer[], change: object = {}) {
    const clock = createFakeClock();
    const store = createMemoryStore();
    const { fetch, exchanges } = scriptedFetch(answers);
    const options = {
      issuer,
      clientId: 'ci',
      clientSecret: Secret.from('s'),
      server: metadata,
      fetch,
      clock,
      store,
      ...change,
    };
    return { clock, store, exchanges, options, credential: credentials.clientCredentials(options) };
  }

  // @rule 3.14
  it('are asked for once and kept until they have to be renewed', async () => {
    const { credential, clock, exchanges } = given([token(), token({ access_token: 'at-2' })]);
    expect((await credential.getToken()).token).toBe('at');
    await clock.advance(539_000);
    expect((await credential.getToken()).token).toBe('at');
    await clock.advance(30_000);
    expect((await credential.getToken()).token).toBe('at-2');
    expect(exchanges.length).toBeGreaterThanOrEqual(2);
  });

  it('are shared by programs through the store', async () => {
    const { options, exchanges } = given([token()]);
    await credentials.clientCredentials(options).getToken();
    expect((await credentials.clientCredentials(options).getToken()).source).toBe('store');
    expect(exchanges).toHaveLength(1);
  });

  // @rule 2.13
  it('are kept apart by scopes, resource, client and server', async () => {
    const { credential, options, exchanges, store } = given([token()]);
    await credential.getToken({ scopes: ['a', 'b'] }).catch(() => undefined);
    await credential.getToken({ scopes: ['b', 'a'] }).catch(() => undefined);
    await credential.getToken({ resource: 'https://api.example.com' });
    await credentials.clientCredentials({ ...options, clientId: 'other' }).getToken();
    expect(exchanges).toHaveLength(3);
    expect(await store.list()).toHaveLength(3);
    expect(exchanges[1]?.body.get('resource')).toBe('https://api.example.com');
  });

  it('say that the secret is wrong', async () => {
    const { credential } = given([
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: { error: 'invalid_client' } },
    ]);
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'invalid_credentials', exitCode: 2 });
  });

  it('read the secret anew for each request', async () => {
    const file = { value: 'first' };
    const secret = Secret.from('');
    secret.reveal = () => file.value;
    const { credential, exchanges } = given([token()], { clientSecret: secret });
    await credential.getToken();
    file.value = 'second';
    await credential.getToken({ forceRefresh: true });
    const sent = exchanges.map(({ headers }) => atob((headers.get('authorization') ?? '').replace('Basic ', '')));
    expect(sent).toEqual(['ci:first', 'ci:second']);
  });
});

describe('another program', () => {
  // @rule 3.17
  it('gives tokens, each kept while it is fresh', async () => {
    const clock = createFakeClock(Date.now());
    const end = new Date(clock.now() + 600_000).toISOString();
    const credential = credentials.external({
      command: print(JSON.stringify({ token: 'from-outside', expires_at: end })),
      clock,
    });
    const first = await credential.getToken();
    expect(first).toMatchObject({ source: 'command', expiresAt: new Date(end) });
    expect(await credential.getToken()).toBe(first);
    await clock.advance(599_000);
    expect(await credential.getToken()).not.toBe(first);
  });

  it('is unavailable when it is not installed, and wrong when it fails, without quoting what it printed', async () => {
    const missing = credentials.external({ command: ['authly-no-such-program'] });
    await expect(missing.getToken()).rejects.toMatchObject({ code: 'credential_unavailable' });
    const failing = credentials.external({
      command: [process.execPath, '-e', 'console.error("the-secret"); process.exit(3)', 'the-secret'],
    });
    const error = await failing.getToken().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'invalid_credentials', reason: 'It ended with 3.' });
    const { inspect } = await import('node:util');
    expect(inspect(error)).not.toContain('the-secret');
    await expect(credentials.external({ command: print('nonsense') }).getToken()).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
  });

  it('does not take for ever', async () => {
    const slow = credentials.external({
      command: [process.execPath, '-e', 'setTimeout(() => {}, 60000)'],
      timeoutMs: 100,
    });
    await expect(slow.getToken()).rejects.toMatchObject({ reason: 'It took too long.' });
  });
});

describe('a chain', () => {
  const unavailable = {
    method: 'external',
    getToken: () => Promise.reject(new CredentialUnavailableError({ message: 'not here' })),
  } as const;
  const broken = { method: 'external', getToken: () => Promise.reject(new Error('broken')) } as const;
  const key = credentials.apiKey({ key: Secret.from('k') });

  // @rule 3.18
  it('takes the first that is set up, and stays with it', async () => {
    const chain = credentials.chain(unavailable, key, broken);
    expect((await chain.getToken()).token).toBe('k');
    expect(chain.method).toBe('api_key');
    expect((await chain.getToken()).token).toBe('k');
  });

  // @rule 3.18
  it('does not hide a failure behind the next one', async () => {
    await expect(credentials.chain(broken, key).getToken()).rejects.toThrow('broken');
    await expect(credentials.chain(unavailable).getToken()).rejects.toMatchObject({
      code: 'credential_unavailable',
      reason: 'external: not here',
    });
    await expect(credentials.chain().getToken()).rejects.toMatchObject({ reason: 'The chain is empty.' });
  });
});

describe('a password', () => {
  const challenge = { ...metadata, authorization_challenge_endpoint: `${issuer}/challenge` };
  const codes = (...list: string[]): PasswordPrompter => ({
    username: async () => 'alice',
    password: async () => 'pw',
    otp: async () => list.shift() ?? '',
  });
  const more = {
    status: 400,
    body: { error: 'insufficient_authorization', auth_session: 'as-1', mfa_methods: ['totp'] },
  };

  it('goes to the token endpoint where there is no challenge endpoint', async () => {
    const { connection, exchanges } = scriptedConnection([token()]);
    expect(await loginWithPassword(await connection, codes())).toMatchObject({
      type: 'tokens',
      tokens: { accessToken: 'at' },
    });
    expect(Object.fromEntries(exchanges[0]?.body ?? [])).toMatchObject({
      grant_type: 'password',
      username: 'alice',
      password: 'pw',
    });
  });

  it('is refused without saying which half was wrong', async () => {
    const { connection } = scriptedConnection([{ status: 400, body: { error: 'invalid_grant' } }]);
    const error = await loginWithPassword(await connection, codes()).catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: 'invalid_credentials',
      reason: 'The user name, the password or the code is wrong.',
    });
  });

  it('asks for the second factor and exchanges the code with its verifier', async () => {
    const { connection, exchanges } = scriptedConnection([more, { body: { authorization_code: 'code-1' } }, token()], {
      server: challenge,
    });
    expect(await loginWithPassword(await connection, codes('123456'))).toMatchObject({ type: 'tokens' });
    expect(exchanges.map(({ url }) => url)).toEqual([`${issuer}/challenge`, `${issuer}/challenge`, `${issuer}/token`]);
    expect(exchanges[0]?.body.get('code_challenge_method')).toBe('S256');
    expect(Object.fromEntries(exchanges[1]?.body ?? [])).toMatchObject({ auth_session: 'as-1', otp: '123456' });
    expect(exchanges[1]?.body.get('password')).toBeNull();
    expect(exchanges[2]?.body.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('gives up after three codes', async () => {
    const { connection, exchanges } = scriptedConnection([more], { server: challenge });
    await expect(loginWithPassword(await connection, codes('1', '2', '3', '4'))).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(exchanges).toHaveLength(4);
  });

  it('names the factors where nobody can be asked', async () => {
    const { connection } = scriptedConnection([more], { server: challenge });
    const { username, password } = codes();
    await expect(loginWithPassword(await connection, { username, password })).rejects.toMatchObject({
      code: 'mfa_required',
      methods: ['totp'],
    });
  });

  it('goes on in a browser when the server says so', async () => {
    const { connection } = scriptedConnection([{ status: 400, body: { error: 'redirect_to_web' } }], {
      server: challenge,
    });
    expect(await loginWithPassword(await connection, codes())).toEqual({ type: 'browser' });
  });

  it('hands on why the server wants a browser, without control characters', async () => {
    const body = { error: 'redirect_to_web', error_description: 'Change\u001b[2J your\npassword.' };
    const { connection } = scriptedConnection([{ status: 403, body }], { server: challenge });
    expect(await loginWithPassword(await connection, codes())).toEqual({
      type: 'browser',
      reason: 'Change [2J your password.',
    });
  });

  it('sends the code of a second factor with name and password where there is only the password grant', async () => {
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    const asked = { status: 403, body: { error: 'mfa_required' } };
    const { connection, exchanges } = scriptedConnection([asked, refused, token()]);
    expect(await loginWithPassword(await connection, codes('111 111', '222222'))).toMatchObject({ type: 'tokens' });
    expect(exchanges.map(({ body: form }) => [form.get('password'), form.get('otp')])).toEqual([
      ['pw', null],
      ['pw', '111111'],
      ['pw', '222222'],
    ]);
  });

  it('says that a login is over when its session is', async () => {
    const over = { status: 400, body: { error: 'invalid_session', error_description: 'Start the login again.' } };
    const { connection } = scriptedConnection([more, over], { server: challenge });
    await expect(loginWithPassword(await connection, codes('123456'))).rejects.toMatchObject({
      code: 'invalid_credentials',
      reason: 'Start the login again.',
    });
  });

  it('hands on how long the server wants to be left alone', async () => {
    const { connection } = scriptedConnection([{ status: 429, headers: { 'retry-after': '30' } }], {
      server: challenge,
    });
    await expect(loginWithPassword(await connection, codes())).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 30,
    });
  });
});
