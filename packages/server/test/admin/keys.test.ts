import { isApiKey } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller, callerWith } from './caller.js';

let server: TestServer;
let admin: Caller & { readonly person: GivenUser };

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

describe('signing keys', () => {
  const jwks = async () =>
    ((await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }).keys.map(
      ({ kid }) => kid,
    );

  test('are listed with their state and without their private halves', async () => {
    const { body, text, headers } = await admin.call('listKeys');
    expect(body.map((key) => key.state)).toEqual(['signing', 'signing']);
    expect(headers.get('x-total-count')).toBe('2');
    expect(text).not.toMatch(/private|"d"|sealed/);
  });

  test('a new key is announced, signs later, and the old one goes on verifying', async () => {
    const { access_token: before } = await server.given.passwordTokens(admin.person);
    const { body } = await admin.call('rotateKeys', { body: { algorithm: 'ES256' } });
    const kid = body.keys[0]?.kid as string;
    expect(body.keys[0]?.state).toBe('announced');
    expect(await jwks()).toContain(kid);
    server.clock.advance(server.context.settings['keys.announce_seconds'] - 60);
    const info = await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${before}` } });
    expect(info.status).toBe(200);
    server.clock.advance(61);
    const { access_token: after } = await server.given.passwordTokens(admin.person);
    expect(JSON.parse(Buffer.from(after.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ kid });
    admin = await administrator(server);
    const states = (await admin.call('listKeys')).body
      .filter((key) => key.algorithm === 'ES256')
      .map((key) => key.state);
    expect(states).toEqual(['signing', 'retired']);
  });

  test('a key that has leaked is withdrawn: out of the JWKS, its tokens dead, another one signs', async () => {
    const { access_token: before } = await server.given.passwordTokens(admin.person);
    const kid: string = JSON.parse(Buffer.from(before.split('.')[0] ?? '', 'base64url').toString()).kid;
    const { status, body } = await admin.call('withdrawKey', { params: { kid } });
    expect([status, body.key.state, body.signing?.state]).toEqual([200, 'withdrawn', 'signing']);
    expect(await jwks()).not.toContain(kid);
    expect(await jwks()).toContain(body.signing?.kid);
    const userinfo = async (token: string) =>
      (await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await userinfo(before)).toBe(401);
    const client = await server.given.client();
    const introspected = await server.post('/api/v1/oauth/introspect', { token: before }, client.basic);
    expect(await introspected.json()).toEqual({ active: false });
    const { access_token: after } = await server.given.passwordTokens(admin.person);
    expect(await userinfo(after)).toBe(200);
    admin = await administrator(server);
    expect((await admin.call('withdrawKey', { params: { kid } })).body.message).toBe('The key was withdrawn already');
    expect((await admin.call('withdrawKey', { params: { kid: 'none' } })).body.error_code).toBe('KEY_NOT_FOUND');
    const events = (await admin.call('listAuditEvents', { query: { action: 'key.withdrawn' } })).body.events;
    expect(events.map((event) => event.target?.id)).toEqual([kid]);
  });

  test('a client that names an algorithm finds its key announced before the first token is signed with it', async () => {
    const created = await admin.call('createClient', {
      body: {
        client_name: 'PS',
        client_type: 'confidential',
        redirect_uris: ['https://ps.example/cb'],
        grant_types: ['authorization_code'],
        scopes: ['openid'],
        id_token_signed_response_alg: 'PS256',
      },
    });
    expect(created.status).toBe(201);
    const states = async () => (await admin.call('listKeys')).body.map((key) => `${key.algorithm} ${key.state}`);
    expect(await states()).toContain('PS256 announced');
    const body = { userinfo_signed_response_alg: 'EdDSA' } as const;
    await admin.call('updateClient', { params: { client_id: created.body.client_id }, body });
    expect(await states()).toContain('EdDSA announced');
    expect(await jwks()).toHaveLength((await states()).filter((state) => !state.endsWith('withdrawn')).length);
  });

  test('keys are replaced at once when that is asked for, every algorithm when none is named', async () => {
    const { body } = await admin.call('rotateKeys', { body: { immediate: true } });
    expect(body.keys.map((key) => [key.algorithm, key.state]).toSorted()).toEqual(
      ['ES256', 'EdDSA', 'PS256', 'RS256'].map((algorithm) => [algorithm, 'signing']),
    );
    expect((await admin.call('rotateKeys', { body: { algorithm: 'none' } })).status).toBe(400);
  });
});

describe('API keys', () => {
  test('a key is shown once, works as a bearer token, and has the powers that it was given', async () => {
    const { body, status } = await admin.call('createApiKey', {
      body: { name: 'CI', scopes: ['admin:clients:read', 'read'], expires_in: 3600 },
    });
    expect(status).toBe(201);
    const secret = body.api_key as string;
    expect(isApiKey(secret)).toBe(true);
    expect(body).toMatchObject({
      hint: secret.slice(-4),
      owner: { type: 'user', id: admin.person.user.id, name: admin.person.user.username },
      scope: 'admin:clients:read read',
    });
    const robot = callerWith(server, secret);
    expect((await robot.call('listClients')).status).toBe(200);
    expect((await robot.call('listUsers')).body.detail).toBe('Missing required admin scope: admin:users:read');
    const shown = await admin.call('getApiKey', { params: { id: body.id } });
    expect(shown.body).toMatchObject({ last_used_ip: '127.0.0.1', is_active: true });
    expect(shown.text).not.toContain(secret);
    server.clock.advance(3601);
    expect((await robot.call('listClients')).status).toBe(401);
  });

  test('a token cannot make a key that may administrate more than itself', async () => {
    const weak = await administrator(server, ['admin:users:write', 'admin:users:read']);
    const { status, body } = await weak.call('createApiKey', { body: { name: 'more', scope: 'admin:clients:write' } });
    expect([status, body.required_scope]).toEqual([403, 'admin:clients:write']);
    admin = await administrator(server);
    const strong = await admin.call('createApiKey', { body: { name: 'strong', scope: 'admin:clients:write' } });
    const rotated = await weak.call('rotateApiKey', { params: { id: strong.body.id } });
    expect([rotated.status, rotated.body.error_code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
  });

  test('keys belong to whom they are made for: a person by id or name, or a client', async () => {
    const person = await server.given.user();
    const client = await server.given.client({ scopes: ['read'] });
    const byId = await admin.call('createApiKey', { body: { name: 'a', scope: 'read', user_id: person.user.id } });
    const byName = await admin.call('createApiKey', {
      body: { name: 'b', scope: 'read', username: person.user.username },
    });
    const ofClient = await admin.call('createApiKey', {
      body: { name: 'c', scope: 'read', client_id: client.clientId },
    });
    expect([byId.body.owner.id, byName.body.owner.id]).toEqual([person.user.id, person.user.id]);
    expect(ofClient.body.owner).toEqual({ type: 'client', id: client.clientId, name: 'Test application' });
    const names = async (query: Record<string, string>) =>
      (await admin.call('listApiKeys', { query })).body.map((key) => key.name);
    expect(await names({ username: person.user.username })).toEqual(expect.arrayContaining(['a', 'b']));
    expect(await names({ client_id: client.clientId })).toEqual(['c']);
    expect((await admin.call('listApiKeys', { query: { username: 'nobody' } })).status).toBe(404);
  });

  test.each([
    [{ name: 'x' }, 400],
    [{ name: '', scope: 'read' }, 400],
    [{ name: 'x', scope: 'nonsense' }, 400],
    [{ name: 'x', scope: 'read', expires_in: 10 }, 400],
    [{ name: 'x', scope: 'read', expires_at: '2001-01-01T00:00:00Z' }, 400],
    [{ name: 'x', scope: 'read', username: 'a', client_id: 'b' }, 400],
    [{ name: 'x', scope: 'read', client_id: 'client_none' }, 404],
    [{ name: 'x', scope: 'read', user_id: '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1' }, 404],
  ])('%j is refused with %i', async (body, status) => {
    expect((await admin.call('createApiKey', { body })).status).toBe(status);
  });

  // better-auth CVE-2025-61928: anybody could make keys for anybody by naming a user in the body.
  test("an ordinary person's key cannot hold what its owner may not", async () => {
    const person = await server.given.user();
    const { status } = await admin.call('createApiKey', {
      body: { name: 'x', scope: 'admin:users:read', user_id: person.user.id },
    });
    expect(status).toBe(400);
    const { access_token: token } = await server.given.passwordTokens(person);
    expect(
      (
        await callerWith(server, token).call('createApiKey', {
          body: { name: 'x', scope: 'read', user_id: admin.person.user.id },
        })
      ).status,
    ).toBe(403);
    expect(
      (
        await callerWith(server, undefined).call('createApiKey', {
          body: { name: 'x', scope: 'read', user_id: admin.person.user.id },
        })
      ).status,
    ).toBe(401);
  });

  test('a rotated key lives on for the overlap and no longer, and a revoked one dies at once', async () => {
    const { body: old } = await admin.call('createApiKey', { body: { name: 'turning', scope: 'admin:scopes:read' } });
    const { body: next } = await admin.call('rotateApiKey', { params: { id: old.id }, body: { overlap_seconds: 60 } });
    expect(next).toMatchObject({ name: 'turning', rotated_from: old.id, scope: 'admin:scopes:read' });
    expect(next.previous_expires_at).toBe(new Date(server.clock.now().getTime() + 60_000).toISOString());
    const works = async (key: unknown) => (await callerWith(server, key as string).call('listScopes')).status;
    expect([await works(old.api_key), await works(next.api_key)]).toEqual([200, 200]);
    server.clock.advance(61);
    expect([await works(old.api_key), await works(next.api_key)]).toEqual([401, 200]);
    expect((await admin.call('rotateApiKey', { params: { id: old.id } })).status).toBe(409);
    const revoked = await admin.call('revokeApiKey', { params: { id: next.id } });
    expect(revoked.body.message).toBe('API key revoked');
    expect(await works(next.api_key)).toBe(401);
    expect((await admin.call('revokeApiKey', { params: { id: next.id } })).body.message).toBe(
      'API key was revoked already',
    );
    expect((await admin.call('revokeApiKey', { params: { id: 'none' } })).body.error_code).toBe('API_KEY_NOT_FOUND');
    const active = (await admin.call('listApiKeys')).body.map((key) => key.id);
    expect(active).not.toContain(next.id);
    expect(
      (await admin.call('listApiKeys', { query: { include_inactive: 'true' } })).body.map((key) => key.id),
    ).toContain(next.id);
  });
});
