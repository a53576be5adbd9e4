import { describe, expect, it } from 'vitest';
import { AuthClient, Secret, credentials } from '../../src/index.js';
import { createFakeClock } from '../../src/testing.js';
import { issuer, metadata, scriptedFetch, type Answer, type Exchange } from '../support/scripted-server.js';

const api = 'https://api.example.com';

/** A client for a program, whose server gives out at-1, at-2, … and whose API answers by a script. */
function given(answers: readonly (Answer | ((exchange: Exchange) => Answer))[], change: object = {}) {
  let issued = 0;
  const script = scriptedFetch(answers);
  const tokens = scriptedFetch([
    () => {
      issued += 1;
      return { body: { access_token: `at-${issued}`, token_type: 'Bearer', expires_in: 3600, scope: 'read' } };
    },
  ]);
  const fetch: typeof globalThis.fetch = (input, init) =>
    String(input).startsWith(issuer) ? tokens.fetch(input, init) : script.fetch(input, init);
  const credential = credentials.clientCredentials({
    issuer,
    clientId: 'ci',
    clientSecret: Secret.from('s'),
    server: metadata,
    fetch,
  });
  const client = new AuthClient({
    credential,
    issuer,
    apiUrl: api,
    store: 'memory',
    fetch,
    env: {},
    clock: createFakeClock(),
    ...change,
  });
  return { client, exchanges: script.exchanges, tokens: tokens.exchanges };
}

const invalid: Answer = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };

describe('client.fetch', () => {
  // @rule 3.21
  it('sends the token and says who is asking', async () => {
    const { client, exchanges } = given([{}]);
    await client.fetch(`${api}/vms`);
    expect(exchanges[0]?.headers.get('authorization')).toBe('Bearer at-1');
    expect(exchanges[0]?.headers.get('user-agent')).toMatch(/^authly-client\/\S+ \(node \d+; \w+\)$/);
  });

  // @rule 3.21, 3.22
  it.each([
    'https://evil.example/',
    'http://api.example.com/',
    'https://api.example.com:8443/',
    'https://api.example.com@evil.example/',
  ])('sends nothing at all to %s', async (url) => {
    const { client, exchanges, tokens } = given([{}]);
    await expect(client.fetch(url)).rejects.toMatchObject({ code: 'untrusted_origin' });
    await expect(client.getRequestHeaders(url)).rejects.toMatchObject({ code: 'untrusted_origin' });
    expect([...exchanges, ...tokens]).toEqual([]);
  });

  it('takes a path as one of the API, and says what is missing where there is no API', async () => {
    const { client, exchanges } = given([{}]);
    await client.fetch('/vms?page=2');
    expect(exchanges[0]?.url).toBe(`${api}/vms?page=2`);
    expect((await client.getRequestHeaders('/vms')).get('authorization')).toBe('Bearer at-1');
    await expect(client.fetch('//evil.example/vms')).rejects.toMatchObject({ code: 'untrusted_origin' });
    const nowhere = given([{}], { apiUrl: undefined });
    await expect(nowhere.client.fetch('/vms')).rejects.toMatchObject({
      code: 'config_invalid',
      hint: 'Name the whole address, or the address of the API in apiUrl.',
    });
    expect(nowhere.exchanges).toEqual([]);
  });

  // @rule 2.34
  it('renews a refused token once and sends the request again', async () => {
    const { client, exchanges } = given([invalid, {}]);
    const answer = await client.fetch(`${api}/vms`, { method: 'POST', body: 'a=1' });
    expect(answer.status).toBe(200);
    expect(exchanges.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer at-1', 'Bearer at-2']);
    expect(exchanges[1]?.body.get('a')).toBe('1');
  });

  it('gives the refusal to the caller when the new token is refused too', async () => {
    const { client, exchanges } = given([invalid]);
    expect((await client.fetch(api)).status).toBe(401);
    expect(exchanges).toHaveLength(2);
  });

  // @rule 2.34
  it('never sends a stream twice', async () => {
    const { client, exchanges } = given([invalid, {}]);
    const body = new Blob(['x']).stream();
    expect((await client.fetch(api, { method: 'POST', body })).status).toBe(401);
    expect(exchanges).toHaveLength(1);
  });

  // @rule 3.21
  it('leaves the token behind on the way to a stranger, also when the stranger sends it back', async () => {
    const { client, exchanges } = given([
      { status: 307, headers: { location: 'https://other.example/a' } },
      { status: 307, headers: { location: `${api}/back` } },
      {},
    ]);
    await client.fetch(api, { headers: { 'x-api-key': 'mine', cookie: 'c' } });
    expect(exchanges.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer at-1', null, null]);
    expect(exchanges[1]?.headers.get('x-api-key')).toBeNull();
    expect(exchanges[1]?.headers.get('cookie')).toBeNull();
  });

  it('follows a redirect within the API with the token, and turns a POST into a GET where the web does', async () => {
    const { client, exchanges } = given([{ status: 303, headers: { location: '/done' } }, {}]);
    await client.fetch(`${api}/vms`, { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain' } });
    expect(exchanges[1]).toMatchObject({ url: `${api}/done`, method: 'GET' });
    expect(exchanges[1]?.headers.get('authorization')).toBe('Bearer at-1');
    expect(exchanges[1]?.headers.get('content-type')).toBeNull();
  });

  // @rule 2.35
  it('names the scopes that the API misses', async () => {
    const { client } = given([
      { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="read write"' } },
    ]);
    await expect(client.fetch(api)).rejects.toMatchObject({
      code: 'insufficient_scope',
      missing: ['write'],
      exitCode: 3,
    });
  });

  it('tells that the API wants a stronger login', async () => {
    const challenge = 'Bearer error="insufficient_user_authentication", acr_values="mfa phr", max_age="60"';
    const { client } = given([{ status: 401, headers: { 'www-authenticate': challenge } }]);
    await expect(client.fetch(api)).rejects.toMatchObject({
      name: 'StepUpRequiredError',
      acrValues: ['mfa', 'phr'],
      maxAge: 60,
    });
  });

  // @rule 3.21
  it('repeats a read after the connection broke, and never a write', async () => {
    const reading = given([{ network: true }, {}]);
    expect((await reading.client.fetch(api)).status).toBe(200);
    const writing = given([{ network: true }, {}]);
    await expect(writing.client.fetch(api, { method: 'POST' })).rejects.toMatchObject({ code: 'network_error' });
    expect(writing.exchanges).toHaveLength(1);
  });

  // @rule 3.5
  it('stops when it is cancelled', async () => {
    const { client } = given([{ after: new Promise(() => undefined) }]);
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(client.fetch(api, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('sends an API key in the header that it was given for, and to nobody else', async () => {
    const credential = credentials.apiKey({ key: Secret.from('k-1'), header: 'X-API-Key' });
    const { client, exchanges } = given([{ status: 302, headers: { location: 'https://other.example/' } }, {}], {
      credential,
    });
    await client.fetch(api);
    expect(exchanges[0]?.headers.get('x-api-key')).toBe('k-1');
    expect(exchanges[0]?.headers.get('authorization')).toBeNull();
    expect(exchanges[1]?.headers.get('x-api-key')).toBeNull();
  });

  // @rule 3.20
  it('is what a session hands on, and what the Model Context Protocol asks for', async () => {
    const { client, exchanges } = given([{}]);
    const session = await client.getAuthenticatedSession();
    await session.fetch(api);
    expect(exchanges[0]?.headers.get('authorization')).toBe('Bearer at-1');
    const provider = session.asAuthProvider();
    expect(await provider.token()).toBe('at-1');
    await provider.onUnauthorized?.({ response: new Response() });
    expect(await provider.token()).toBe('at-2');
    await session.close();
  });
});
