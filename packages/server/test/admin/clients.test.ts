import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '@authly/admin-api';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

const WEB = { client_name: 'Web', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] };

type Created = Reply<'createClient'>;

async function created(more: object = {}): Promise<Created> {
  const { status, body, text } = await admin.call('createClient', { body: { ...WEB, ...more } });
  expect(status, text).toBe(201);
  return body;
}

const at = (client: Created) => ({ params: { client_id: client.client_id } });

/** Client credentials with this secret: what the token endpoint answers. */
async function proves(client: Created, secret: string | null): Promise<number> {
  const response = await server.post('/api/v1/oauth/token', {
    grant_type: 'client_credentials',
    client_id: client.client_id,
    client_secret: secret,
  } as Record<string, string>);
  return response.status;
}

const MACHINE = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_post',
  scope: 'read',
};

describe('creating', () => {
  test('a confidential client gets an id and a secret, which is shown once', async () => {
    const client = await created({ scope: 'read write', scopes: ['openid'] });
    expect(client.client_id).toMatch(/^client_[\w-]{22}$/);
    expect(client.client_secret).toMatch(/^cs_[\w-]{43}$/);
    expect(client.scope).toBe('read write openid');
    const shown = await admin.call('getClient', at(client));
    expect(shown.text).not.toContain(client.client_secret);
    expect(shown.text).not.toMatch(/hash/i);
  });

  test('the secret works, and a wrong one does not', async () => {
    const client = await created(MACHINE);
    expect(await proves(client, client.client_secret)).toBe(200);
    expect(await proves(client, `${client.client_secret}x`)).toBe(401);
  });

  test('a public client has no secret', async () => {
    const client = await created({ client_type: 'public' });
    expect(client.client_secret).toBeNull();
    expect(client.token_endpoint_auth_method).toBe('none');
  });

  test('keys that existing clients send as null count as not given', async () => {
    const client = await created({
      client_uri: null,
      scope: null,
      grant_types: null,
      default_max_age: null,
      jwks: null,
    });
    expect(client.grant_types).toEqual(['authorization_code', 'refresh_token']);
  });

  // @attack mass assignment (CVE-2026-27946, CVE-2026-41427)
  test('fields that a caller has no business with go nowhere', async () => {
    const client = await created({
      client_id: 'mine',
      id: '00000000-0000-4000-8000-000000000000',
      is_system: true,
      is_first_party: true,
      isFirstParty: true,
      client_secret: 'cs_chosen',
      secrets: [],
      version: 99,
      created_at: '2000-01-01T00:00:00Z',
    });
    expect(client.client_id).toMatch(/^client_/);
    expect(client.is_system).toBe(false);
    const stored = await server.context.store.clients.find(client.client_id);
    expect(stored).toMatchObject({ isFirstParty: false, isSystem: false, version: 1 });
    expect(client.client_secret).not.toBe('cs_chosen');
  });

  test.each([
    [{ client_name: '' }, 'client_name'],
    [{ client_type: 'other' }, 'client_type'],
    [{ redirect_uris: [] }, 'redirect'],
    [{ redirect_uris: ['javascript://x/%0aalert(1)'] }, 'redirect'],
    [{ redirect_uris: ['https://good.example@evil.example/cb'] }, 'redirect'],
    [{ redirect_uris: ['https://app.example/*'] }, 'wildcard'],
    [{ post_logout_redirect_uris: ['data://text/html,x'] }, 'post logout'],
    [{ client_type: 'public', redirect_uris: ['http://app.example/cb'] }, 'https'],
    [{ client_type: 'public', token_endpoint_auth_method: 'client_secret_basic' }, 'none'],
    [{ token_endpoint_auth_method: 'none' }, 'none'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    [{ grant_types: ['password'] }, 'grant_types'],
    [{ scope: 'read nonsense:scope' }, 'Invalid scopes: nonsense:scope'],
    [{ logo_uri: 'javascript:alert(1)' }, 'logo_uri'],
    [{ default_max_age: -1 }, 'default_max_age'],
    [{ id_token_signed_response_alg: 'HS256' }, 'algorithm'],
  ])('%j is refused in words', async (more, words) => {
    const { status, body } = await admin.call('createClient', { body: { ...WEB, ...more } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error_code: 'INVALID_REQUEST', status: 400 });
    expect(body.detail).toContain(words);
    expect(body.errors.length).toBeGreaterThan(0);
  });
});

describe('reading', () => {
  test('the list is a bare array, newest first, with its total in a header', async () => {
    const first = await created({ client_name: 'Listed once' });
    const { body, headers } = await admin.call('listClients', { query: { limit: '1000' } });
    expect(Array.isArray(body)).toBe(true);
    expect(body.map((client) => client.client_id)).toContain(first.client_id);
    expect(Number(headers.get('x-total-count'))).toBe(body.length);
    const page = await admin.call('listClients', { query: { limit: '1', offset: '1' } });
    expect(page.body[0]?.client_id).toBe(body[1]?.client_id);
    expect(page.headers.get('x-total-count')).toBe(String(body.length));
  });

  test('a page beyond the end is empty and still says the total', async () => {
    const { body, headers } = await admin.call('listClients', { query: { offset: '5000' } });
    expect(body).toEqual([]);
    expect(Number(headers.get('x-total-count'))).toBeGreaterThan(0);
  });

  test('a search looks for a part of the name, and what was typed means itself', async () => {
    await created({ client_name: '100% Éléphant_X' });
    const found = async (search: string) =>
      (await admin.call('listClients', { query: { search } })).body.map((client) => client.client_name);
    expect(await found('1%É')).toEqual([]);
    expect(await found('100% É')).toEqual(['100% Éléphant_X']);
    expect(await found('phant_x')).toEqual(['100% Éléphant_X']);
    expect(await found('phant%x')).toEqual([]);
  });

  test.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', 'x'],
    ['offset', '-1'],
    ['include_inactive', 'maybe'],
  ])('%s=%s is refused', async (name, value) => {
    const { status, body } = await admin.call('listClients', { query: { [name]: value } });
    expect([status, body.errors[0]?.field]).toEqual([400, name]);
  });

  test('a client that does not exist is 404', async () => {
    const { status, body } = await admin.call('getClient', { params: { client_id: 'client_none' } });
    expect([status, body.error_code]).toEqual([404, 'CLIENT_NOT_FOUND']);
  });
});

describe('changing', () => {
  test('changes the given fields, and null clears what can be absent', async () => {
    const client = await created({
      client_uri: 'https://app.example',
      logo_uri: 'https://app.example/l.png',
      scope: 'read',
    });
    const { body } = await admin.call('updateClient', {
      ...at(client),
      body: { client_name: 'New name', client_uri: null, scope: 'write openid', grant_types: ['authorization_code'] },
    });
    expect(body).toMatchObject({
      client_name: 'New name',
      client_uri: null,
      logo_uri: 'https://app.example/l.png',
      scope: 'write openid',
      grant_types: ['authorization_code'],
      redirect_uris: ['https://app.example/cb'],
    });
  });

  test('nothing to change is refused, and so is another type', async () => {
    const client = await created();
    const nothing = await admin.call('updateClient', { ...at(client), body: { unknown: 1 } });
    expect([nothing.status, nothing.body.detail]).toEqual([400, 'No valid fields to update']);
    const other = await admin.call('updateClient', { ...at(client), body: { client_type: 'public' } });
    expect(other.status).toBe(400);
  });

  test('a number that the database has no room for is refused, and the largest that it has is stored', async () => {
    const client = await created({});
    const params = { client_id: client.client_id };
    for (const name of ['updateClient', 'updateClientOidc'] as const) {
      for (const value of [2_147_483_648, 1e15, -1, 1.5])
        expect((await admin.call(name, { params, body: { default_max_age: value } })).status).toBe(400);
      expect((await admin.call(name, { params, body: { default_max_age: 2_147_483_647 } })).status).toBe(200);
    }
    expect((await admin.call('getClient', { params })).body.default_max_age).toBe(2_147_483_647);
  });

  test('a key set that is nested too deeply to be stored is refused', async () => {
    const client = await created({});
    const x5c = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) as unknown;
    const body = { jwks: { keys: [{ kty: 'EC', x5c }] } };
    expect((await admin.call('updateClient', { params: { client_id: client.client_id }, body })).status).toBe(400);
  });

  test('a change that would leave the client senseless is refused', async () => {
    const client = await created();
    const uris = await admin.call('updateClient', { ...at(client), body: { redirect_uris: [] } });
    expect([uris.status, uris.body.errors[0]?.field]).toEqual([400, 'redirect_uris']);
    const method = await admin.call('updateClient', { ...at(client), body: { token_endpoint_auth_method: 'none' } });
    expect(method.status).toBe(400);
  });

  test('a public client that skips consent must have an address that only it can have', async () => {
    const app = { client_type: 'public', application_type: 'native', first_party: true };
    expect((await created({ client_type: 'public', first_party: true })).first_party).toBe(true);
    for (const uri of ['http://127.0.0.1/cb', 'http://[::1]/cb', 'http://localhost/cb', 'com.example.app:/cb']) {
      const { status, body } = await admin.call('createClient', { body: { ...WEB, ...app, redirect_uris: [uri] } });
      expect([status, body.detail], uri).toEqual([400, expect.stringContaining('first_party')]);
      const trusted = await created({ client_type: 'public', first_party: true });
      expect((await admin.call('updateClient', { ...at(trusted), body: { redirect_uris: [uri] } })).status).toBe(400);
    }
  });

  test('PKCE is what the client says, in the older spelling too, and always required of a public client', async () => {
    expect(await created()).toMatchObject({ pkce: 'or_nonce', require_pkce: false });
    expect(await created({ require_pkce: true })).toMatchObject({ pkce: 'required', require_pkce: true });
    expect(await created({ require_pkce: true, pkce: 'off' })).toMatchObject({ pkce: 'off', require_pkce: false });
    const open = await created({ client_type: 'public' });
    expect(open).toMatchObject({ pkce: 'required', require_pkce: true });
    for (const body of [{ pkce: 'or_nonce' }, { pkce: 'off' }, { require_pkce: false }]) {
      expect((await admin.call('updateClient', { ...at(open), body })).status).toBe(400);
      expect((await admin.call('createClient', { body: { ...WEB, client_type: 'public', ...body } })).status).toBe(400);
    }
  });

  test('a method that is given narrows how the secret may be sent, and null widens it again', async () => {
    const both = ['client_secret_basic', 'client_secret_post'];
    const client = await created();
    expect(client.token_endpoint_auth_methods).toEqual(both);
    const change = async (token_endpoint_auth_method: string | null) =>
      (await admin.call('updateClient', { ...at(client), body: { token_endpoint_auth_method } })).body;
    expect((await change('client_secret_post')).token_endpoint_auth_methods).toEqual(['client_secret_post']);
    expect((await change(null)).token_endpoint_auth_methods).toEqual(both);
  });

  test('deactivating ends tokens for good; activating brings none of them back', async () => {
    const client = await created(MACHINE);
    const person = await server.given.user();
    const own = (await (
      await server.post('/api/v1/oauth/token', {
        grant_type: 'client_credentials',
        client_id: client.client_id,
        client_secret: client.client_secret,
      } as Record<string, string>)
    ).json()) as { access_token: string };
    const active = async () => {
      const response = await server.post('/api/v1/oauth/introspect', { token: own.access_token });
      return ((await response.json()) as { active: boolean }).active;
    };
    expect(await active()).toBe(true);
    const off = await admin.call('updateClient', { ...at(client), body: { is_active: false } });
    expect(off.body.is_active).toBe(false);
    expect(await active()).toBe(false);
    expect(await proves(client, client.client_secret)).toBe(401);
    expect((await admin.call('getClient', at(client))).status).toBe(200);
    await admin.call('updateClient', { ...at(client), body: { is_active: true } });
    expect(await active()).toBe(false);
    expect(await proves(client, client.client_secret)).toBe(200);
    expect(person.user.isActive).toBe(true);
  });

  test('inactive clients are listed only when asked for', async () => {
    const client = await created({ client_name: 'Sleeping' });
    await admin.call('updateClient', { ...at(client), body: { is_active: false } });
    const ids = async (query: Record<string, string>) =>
      (await admin.call('listClients', { query: { limit: '1000', ...query } })).body.map((one) => one.client_id);
    expect(await ids({})).not.toContain(client.client_id);
    expect(await ids({ include_inactive: 'true' })).toContain(client.client_id);
  });

  test('OpenID Connect settings are shown as they are stored and changed field by field', async () => {
    const client = await created({ scope: 'openid profile read', default_max_age: 60 });
    const before = await admin.call('getClientOidc', at(client));
    expect(before.body).toMatchObject({
      is_oidc_client: true,
      oidc_scopes: ['openid', 'profile'],
      default_max_age: 60,
      id_token_signed_response_alg: 'RS256',
    });
    const changed = await admin.call('updateClientOidc', {
      ...at(client),
      body: { id_token_signed_response_alg: 'ES256', default_max_age: null, client_name: 'not this way' },
    });
    expect(changed.body.updated_fields).toEqual(['id_token_signed_response_alg', 'default_max_age']);
    const after = await admin.call('getClient', at(client));
    expect(after.body).toMatchObject({
      id_token_signed_response_alg: 'ES256',
      default_max_age: null,
      client_name: 'Web',
    });
    expect((await admin.call('listAlgorithms')).body.supported_algorithms.length).toBeGreaterThan(2);
  });
});

describe('secrets', () => {
  test('a new secret replaces the old one at once', async () => {
    const client = await created(MACHINE);
    const { body } = await admin.call('regenerateClientSecret', at(client));
    expect(body.client_secret).toMatch(/^cs_[\w-]{43}$/);
    expect(body.new_secret).toBe(body.client_secret);
    expect(await proves(client, client.client_secret)).toBe(401);
    expect(await proves(client, body.client_secret)).toBe(200);
  });

  test('with an overlap both work until it ends', async () => {
    const client = await created(MACHINE);
    const { body } = await admin.call('regenerateClientSecret', { ...at(client), body: { overlap_seconds: 60 } });
    expect(body.previous_secret_expires_at).not.toBeNull();
    expect((await admin.call('getClient', at(client))).body.previous_secret_expires_at).toBe(
      body.previous_secret_expires_at,
    );
    expect(await proves(client, client.client_secret)).toBe(200);
    server.clock.advance(61);
    expect(await proves(client, client.client_secret)).toBe(401);
    expect(await proves(client, body.client_secret)).toBe(200);
    expect((await admin.call('getClient', at(client))).body.previous_secret_expires_at).toBeNull();
  });

  test('a public client has none to regenerate', async () => {
    const client = await created({ client_type: 'public' });
    expect((await admin.call('regenerateClientSecret', at(client))).status).toBe(400);
  });
});

describe('deleting', () => {
  test('a deleted client is gone, and so are its tokens', async () => {
    const client = await server.given.client({ scopes: ['openid', 'offline_access'] });
    const person = await server.given.user();
    const tokens = await server.given.tokens({ user: person, client, scope: 'openid offline_access' });
    const { status } = await admin.call('deleteClient', { params: { client_id: client.clientId } });
    expect(status).toBe(200);
    expect((await admin.call('getClient', { params: { client_id: client.clientId } })).status).toBe(404);
    const info = await fetch(`${server.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(info.status).toBe(401);
    expect((await admin.call('deleteClient', { params: { client_id: client.clientId } })).status).toBe(404);
  });

  test("the server's own client is protected", async () => {
    const params = { client_id: 'authly' };
    const deleted = await admin.call('deleteClient', { params });
    expect([deleted.status, deleted.body.error_code]).toEqual([409, 'PROTECTED']);
    for (const body of [
      { is_active: false },
      { redirect_uris: ['https://evil.example/cb'] },
      { scope: 'read' },
      { require_pkce: false },
    ]) {
      const { status, body: problem } = await admin.call('updateClient', { params, body });
      expect([status, problem.error_code], JSON.stringify(body)).toEqual([409, 'PROTECTED']);
    }
    expect((await admin.call('updateClient', { params, body: { client_name: 'Authly' } })).status).toBe(200);
  });
});
