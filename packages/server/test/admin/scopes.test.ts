import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

const named = (scope_name: string) => ({ params: { scope_name } });

test('a scope is created, read by a name with colons and slashes, changed and deleted', async () => {
  const name = 'api:orders/read.all';
  const made = await admin.call('createScope', {
    body: { scope_name: name, description: 'See orders', is_default: null },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ scope_name: name, is_default: false, is_active: true, is_system: false });
  expect((await admin.call('getScope', named(name))).body.description).toBe('See orders');
  const changed = await admin.call('updateScope', {
    ...named(name),
    body: { description: 'See all', is_active: false },
  });
  expect(changed.body).toMatchObject({ description: 'See all', is_active: false });
  const names = async (query: Record<string, string>) =>
    (await admin.call('listScopes', { query })).body.map((scope) => scope.scope_name);
  expect(await names({})).not.toContain(name);
  expect(await names({ include_inactive: 'true' })).toContain(name);
  expect((await admin.call('deleteScope', named(name))).body).toMatchObject({ scope_name: name });
  const gone = await admin.call('getScope', named(name));
  expect([gone.status, gone.body.error_code]).toEqual([404, 'SCOPE_NOT_FOUND']);
  expect((await admin.call('deleteScope', named(name))).status).toBe(404);
});

test('a name that is taken is a conflict that says so', async () => {
  const { status, body } = await admin.call('createScope', { body: { scope_name: 'openid' } });
  expect([status, body.error_code, body.detail]).toEqual([409, 'ALREADY_EXISTS', "Scope 'openid' already exists"]);
});

test.each([
  [{}],
  [{ scope_name: '' }],
  [{ scope_name: 'two words' }],
  [{ scope_name: 'quote"d' }],
  [{ scope_name: 'defaults' }],
  [{ scope_name: 5 }],
])('the body %j is refused', async (body) => {
  const reply = await admin.call('createScope', { body });
  expect([reply.status, reply.body.errors[0]?.field]).toEqual([400, 'scope_name']);
});

test('nothing to change is refused, and so is another name', async () => {
  expect((await admin.call('updateScope', { ...named('read'), body: {} })).status).toBe(400);
  expect(
    (await admin.call('updateScope', { ...named('read'), body: { scope_name: 'other', description: 'x' } })).status,
  ).toBe(400);
});

test('scopes that the server needs can be described anew, but not switched off or deleted', async () => {
  const off = await admin.call('updateScope', { ...named('openid'), body: { is_active: false } });
  expect([off.status, off.body.error_code]).toEqual([409, 'PROTECTED']);
  const deleted = await admin.call('deleteScope', named('admin:users:read'));
  expect([deleted.status, deleted.body.error_code]).toEqual([409, 'PROTECTED']);
  expect((await admin.call('updateScope', { ...named('openid'), body: { description: 'Know you' } })).status).toBe(200);
});

test('default scopes have a list of their own', async () => {
  await admin.call('createScope', { body: { scope_name: 'basic', is_default: true } });
  const { body, headers } = await admin.call('listDefaultScopes');
  expect(body.map((scope) => scope.scope_name)).toEqual(['basic', 'profile']);
  expect(headers.get('x-total-count')).toBe('2');
  const filtered = await admin.call('listScopes', { query: { default_only: 'true', limit: '1', offset: '1' } });
  expect(filtered.body.map((scope) => scope.scope_name)).toEqual(['profile']);
});

test('a deleted scope is taken from the clients that had it', async () => {
  await admin.call('createScope', { body: { scope_name: 'short:lived' } });
  const client = await server.given.client({ scopes: ['read', 'short:lived'] });
  await admin.call('deleteScope', named('short:lived'));
  const { body } = await admin.call('getClient', { params: { client_id: client.clientId } });
  expect(body.assigned_scopes).toEqual(['read']);
  const asked = await server.post(
    '/api/v1/oauth/token',
    { grant_type: 'client_credentials', scope: 'short:lived' },
    client.basic,
  );
  expect(asked.status).toBe(400);
});
