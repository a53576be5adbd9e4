import { createHash, randomBytes } from 'node:crypto';
import type { TokenResponse } from '@authly/oauth';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeUrl, type GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

/** Clients that nobody made, where an operator has said one thing: that a resource is open. */

const NOTES = 'https://notes.example/mcp';
const LOOPBACK = 'http://127.0.0.1:33418/callback';

let server: TestServer;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer({
    settings: { 'resources.policy': 'registered', 'clients.registration': 'auto' },
  });
  user = await server.given.user();
});
afterAll(() => server.stop());

// The limits of a minute are for a test of their own.
beforeEach(() => server.clock.advance(61));

type Registered = Record<string, unknown> & {
  client_id: string;
  client_secret?: string;
  registration_access_token: string;
  registration_client_uri: string;
  error?: string;
  error_description?: string;
};

interface Reply {
  readonly status: number;
  readonly body: Registered;
  readonly headers: Headers;
}

async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Registered };
}

const register = (body: unknown, headers: Record<string, string> = {}) =>
  send(`${server.url}/api/v1/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const manage = (method: string, client: Registered, body?: unknown, token = client.registration_access_token) =>
  send(client.registration_client_uri, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** The page that asks for consent, and a yes. */
async function logIn(client: Registered, parameters: Record<string, string> = {}, redirectUri = LOOPBACK) {
  const agent = await server.given.signedIn(user);
  const verifier = randomBytes(32).toString('base64url');
  const page = await agent.follow(
    await agent.get(
      authorizeUrl(server.url, {
        response_type: 'code',
        client_id: client.client_id,
        redirect_uri: redirectUri,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      }),
    ),
  );
  const done = page.body.includes('id="consent-form"')
    ? await agent.submit(page, 'consent-form', { decision: 'allow' })
    : page;
  const code = new URL(done.location ?? 'about:blank').searchParams.get('code');
  const answer = await server.post('/api/v1/oauth/token', {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
    client_id: client.client_id,
    ...(client.client_secret !== undefined && { client_secret: client.client_secret }),
  });
  return { page, agent, tokens: (await answer.json()) as TokenResponse & { error?: string } };
}

const metadata = async () =>
  (await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json()) as Record<string, unknown>;

describe('registration', () => {
  // @check 240
  it('is off until a resource is open; then discovery names it', async () => {
    expect(await metadata()).not.toHaveProperty('registration_endpoint');
    expect((await register({ redirect_uris: [LOOPBACK] })).status).toBe(403);
    await server.given.resource(NOTES, {
      name: 'Notes',
      scopes: ['notes:read', 'notes:write'],
      defaultScopes: ['notes:read'],
      isOpen: true,
    });
    expect(await metadata()).toMatchObject({ registration_endpoint: `${server.url}/api/v1/oauth/register` });
  });

  // @check 231, 271
  it('answers all that holds, and the client logs somebody in with nothing else', async () => {
    const { status, headers, body } = await register({ client_name: 'Agent', redirect_uris: [LOOPBACK], nonsense: 1 });
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(body).toMatchObject({
      client_name: 'Agent',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [LOOPBACK],
      scope: 'email notes:read notes:write offline_access openid profile',
    });
    expect(Object.values(body)).not.toContain(null);
    expect(Object.values(body)).not.toContain('');
    expect(body).not.toHaveProperty('client_secret_expires_at');
    expect(body).not.toHaveProperty('first_party');
    const { tokens } = await logIn(body, { resource: NOTES });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      aud: NOTES,
      scope: 'notes:read',
      client_id: body.client_id,
    });
    expect(tokens.expires_in).toBe(600);
  });

  // @check 231
  it('gives a secret with its end to whom asks for one, in characters that need no encoding', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK], token_endpoint_auth_method: 'client_secret_post' });
    expect(body).toMatchObject({ client_secret_expires_at: 0, token_endpoint_auth_method: 'client_secret_post' });
    expect(body.client_secret).toMatch(/^[\w-]+$/);
    expect((await logIn(body, { resource: NOTES })).tokens.access_token).toBeDefined();
  });

  // @check 232
  it('takes JSON objects alone', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await register('redirect_uris=x', type)).status).toBe(400);
    for (const body of ['null', '[]', '"text"', '{', '7']) expect((await register(body)).status, body).toBe(400);
  });

  // @check 233, 234
  it.each([
    [{}],
    [{ redirect_uris: [] }],
    [{ redirect_uris: 'http://127.0.0.1/' }],
    [{ redirect_uris: ['/relative'] }],
    [{ redirect_uris: ['http://127.0.0.1/#part'] }],
    [{ redirect_uris: ['http://app.example/callback'] }],
    [{ redirect_uris: ['http://127.0.0.1/*'] }],
    [{ redirect_uris: ['javascript:alert(1)'] }],
    [{ redirect_uris: ['data:text/html,x'] }],
    [{ redirect_uris: ['mailto:a@b.example'] }],
    [{ redirect_uris: ['intent://x/#Intent'] }],
    [{ redirect_uris: ['scheme:/callback'] }],
    [{ redirect_uris: ['https://only.example/callback'] }],
    [{ redirect_uris: [LOOPBACK], application_type: 'web' }],
    [{ redirect_uris: [LOOPBACK], post_logout_redirect_uris: ['javascript:1'] }],
  ])('refuses the addresses of %j', async (body) => {
    expect((await register(body)).body).toMatchObject({ error: 'invalid_redirect_uri' });
  });

  // vscode#278512, better-auth#10946: all kinds in one request
  it('keeps of addresses of all kinds those on the device of the person', async () => {
    const all = ['https://vscode.dev/redirect', 'http://127.0.0.1/', 'cursor://anysphere.cursor-mcp/oauth/callback'];
    const { status, body } = await register({ redirect_uris: all });
    expect([status, body['redirect_uris'], body['application_type']]).toEqual([201, all.slice(1), 'native']);
  });

  // @check 122, 232, 235, 236, 238, 239
  it.each([
    [{ grant_types: ['implicit'] }, 'grant_types'],
    [{ grant_types: ['password'] }, 'grant_types'],
    [{ response_types: ['token'] }, 'response_types'],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, 'token_endpoint_auth_method'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    [{ jwks: { keys: [] }, jwks_uri: 'https://app.example/keys' }, 'jwks_uri'],
    [{ jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] } }, 'jwks'],
    [{ jwks: { keys: [{ kty: 'RSA', e: 'AQAB', n: 'A'.repeat(171) }] } }, 'jwks'],
    [{ id_token_signed_response_alg: 'none' }, 'id_token_signed_response_alg'],
    [{ initiate_login_uri: 'http://app.example/start' }, 'initiate_login_uri'],
    [{ logo_uri: 'javascript:alert(1)' }, 'logo_uri'],
    [{ client_uri: 'data:text/html,x' }, 'client_uri'],
    [{ application_type: 'desktop' }, 'application_type'],
    [{ client_name: 'Authly CLI' }, 'client_name'],
    [{ client_name: 'AuthIy' }, 'client_name'],
    [{ default_max_age: -1 }, 'default_max_age'],
  ])('refuses %j and names the member', async (fields, member) => {
    const { body } = await register({ redirect_uris: [LOOPBACK], ...fields });
    expect(body).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining(member),
    });
  });

  // keycloak#50362: names of the web in the list of a public client are no error
  it('leaves out what is not for strangers, and takes no wish for trust', async () => {
    const { body } = await register({
      redirect_uris: [LOOPBACK],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'urn:x:y'],
      response_types: ['code', 'id_token'],
      first_party: true,
      pkce: 'off',
      client_name: 'Nice\u202e\u0000 app',
      software_statement: `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.c2ln`,
    });
    expect(body).toMatchObject({
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      pkce: 'required',
      client_name: 'Nice app',
    });
    const client = await server.context.store.clients.find(body.client_id);
    expect(client).toMatchObject({ origin: 'registered', skipsConsent: false, scopes: [] });
  });

  // @check 241
  it('refuses a software statement that is broken or unsigned', async () => {
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.x`;
    for (const software_statement of ['text', 'a.b.c', none, 5])
      expect((await register({ redirect_uris: [LOOPBACK], software_statement })).body).toMatchObject({
        error: 'invalid_software_statement',
      });
  });
});

describe('a client that registered itself', () => {
  // @check 86
  it('is asked about every time, secret or not, where its address is on the device', async () => {
    for (const method of ['none', 'client_secret_basic']) {
      const { body } = await register({ redirect_uris: [LOOPBACK], token_endpoint_auth_method: method });
      const again = async () => (await logIn(body, { resource: NOTES })).page.body;
      expect(await again()).toContain('id="consent-form"');
      expect(await again()).toContain('id="consent-form"');
    }
  });

  // codex#23242, claude-code#67714: they register fewer scopes than they ask for
  it('may ask for more than it registered; what is not for strangers is left out of what it gets', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK], scope: 'notes:read' });
    const asked = { resource: NOTES, scope: 'notes:read notes:write email admin:users:read unheard read' };
    const { tokens } = await logIn(body, asked);
    expect(tokens.scope).toBe('notes:read notes:write email');
    const agent = await server.given.signedIn(user);
    const nothing = { scope: 'admin:users:read', redirect_uri: LOOPBACK, response_type: 'code' };
    const parameters = { client_id: body.client_id, code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' };
    const page = await agent.get(authorizeUrl(server.url, { ...nothing, ...parameters }));
    expect(page.location).toContain('error=invalid_scope');
  });

  // @check 153, 270
  it('stays connected when the browser session ends, though it never asked for offline_access', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK] });
    const { tokens, agent } = await logIn(body, { resource: NOTES });
    const page = await agent.get(`${server.url}/oidc/logout`);
    await agent.submit(page, 'logout-form');
    const refresh = (refresh_token: string) =>
      server.post('/api/v1/oauth/token', { grant_type: 'refresh_token', refresh_token, client_id: body.client_id });
    const next = await refresh(tokens.refresh_token ?? '');
    expect(next.status).toBe(200);
    const { refresh_token } = (await next.json()) as TokenResponse;
    expect(refresh_token).not.toBe(tokens.refresh_token);
  });

  // FlowFuse PR 8547: an endless loop where a dead refresh token is no invalid_grant
  it('that is gone is told so: 401 at the token endpoint, a page at the other', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK] });
    const { tokens } = await logIn(body, { resource: NOTES });
    expect((await manage('DELETE', body)).status).toBe(204);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: body.client_id };
    const refused = await server.post('/api/v1/oauth/token', form);
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([401, 'invalid_client']);
    const { page } = await logIn(body);
    expect([page.status, page.location]).toEqual([400, undefined]);
    expect(page.body).toContain('add it again');
  });
});

describe('management', () => {
  // @check 243
  it('reads with the token alone, and says nothing of clients to anybody else', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK] });
    const { body: other } = await register({ redirect_uris: [LOOPBACK] });
    expect((await manage('GET', body)).body).toMatchObject({ client_id: body.client_id, redirect_uris: [LOOPBACK] });
    expect((await manage('GET', body, undefined, other.registration_access_token)).status).toBe(401);
    expect((await manage('GET', body, undefined, 'wrong')).status).toBe(401);
    expect((await send(body.registration_client_uri, {})).status).toBe(401);
    const unknown = { ...body, registration_client_uri: `${server.url}/api/v1/oauth/register/unknown` };
    expect((await manage('GET', unknown)).status).toBe(401);
  });

  // @check 244, 246
  it('replaces everything; the token stays, so that a lost answer locks nobody out', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK], client_name: 'Before', contacts: ['a@b.example'] });
    const { client_id } = body;
    const put = (fields: object) =>
      manage('PUT', body, { client_id, redirect_uris: ['http://127.0.0.1/new'], ...fields });
    expect((await put({ client_name: 'After' })).body).toMatchObject({
      client_name: 'After',
      contacts: [],
      redirect_uris: ['http://127.0.0.1/new'],
    });
    expect((await put({})).body['client_name']).toBe('127.0.0.1');
    for (const fields of [
      { client_id: 'other' },
      { registration_access_token: body.registration_access_token },
      { client_secret: 'made up' },
      { token_endpoint_auth_method: 'client_secret_basic' },
    ])
      expect((await put(fields)).body).toMatchObject({ error: 'invalid_client_metadata' });
    expect((await put({ redirect_uris: ['javascript:1'] })).body).toMatchObject({ error: 'invalid_redirect_uri' });
    expect((await manage('GET', body)).status).toBe(200);
  });

  it('takes the secret again, and no other', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK], token_endpoint_auth_method: 'client_secret_basic' });
    const { client_id, client_secret } = body;
    const again = {
      client_id,
      client_secret,
      redirect_uris: [LOOPBACK],
      token_endpoint_auth_method: 'client_secret_basic',
    };
    expect((await manage('PUT', body, again)).status).toBe(200);
    expect((await manage('PUT', body, { ...again, client_secret: 'other' })).status).toBe(400);
  });

  // @check 245
  it('removes the client with all that it holds', async () => {
    const { body } = await register({ redirect_uris: [LOOPBACK] });
    const { tokens } = await logIn(body, { scope: 'openid' });
    const userInfo = () =>
      fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect((await userInfo()).status).toBe(200);
    expect((await manage('DELETE', body)).status).toBe(204);
    expect((await userInfo()).status).toBe(401);
    expect((await manage('GET', body)).status).toBe(401);
  });
});
