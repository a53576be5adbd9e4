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

const named = (resource_id: string) => ({ params: { resource_id } });

test('a resource is registered with scopes that are made for it, found in any spelling, changed and deleted', async () => {
  const identifier = 'https://Notes.example:443/mcp';
  const body = { identifier, name: 'Notes', scopes: ['notes:write'], default_scopes: ['notes:read'], open: true };
  const made = await admin.call('createResource', { body });
  expect([made.status, made.body]).toMatchObject([
    201,
    { identifier, scopes: ['notes:write', 'notes:read'], open: true },
  ]);
  expect((await admin.call('getScope', { params: { scope_name: 'notes:read' } })).body.is_active).toBe(true);

  const spelled = 'https://notes.example/mcp';
  expect((await admin.call('getResource', named(spelled))).body.id).toBe(made.body.id);
  expect((await admin.call('listResources', { query: { identifier: spelled } })).body).toHaveLength(1);
  const again = await admin.call('createResource', { body: { ...body, identifier: spelled } });
  expect([again.status, again.body.error_code]).toEqual([409, 'ALREADY_EXISTS']);

  const change = { token_lifetime: 120, scopes: ['notes:read'], clients: ['one'], open: false };
  const changed = await admin.call('updateResource', { ...named(made.body.id), body: change });
  expect(changed.body).toMatchObject({ ...change, default_scopes: ['notes:read'], name: 'Notes' });
  const cleared = await admin.call('updateResource', { ...named(spelled), body: { token_lifetime: null } });
  expect(cleared.body).toMatchObject({ token_lifetime: null, clients: ['one'] });

  const { events } = (await admin.call('listAuditEvents', { query: { target_id: made.body.id } })).body;
  expect(events.map(({ action }) => action)).toEqual(['resource.changed', 'resource.changed', 'resource.created']);
  expect((await admin.call('deleteResource', named(spelled))).status).toBe(200);
  const gone = await admin.call('getResource', named(made.body.id));
  expect([gone.status, gone.body.error_code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
});

test.each([
  [{ identifier: 'notes', name: 'x' }, 'identifier'],
  [{ identifier: 'https://a.example/#part', name: 'x' }, 'identifier'],
  [{ identifier: 'https://a.example/', name: '' }, 'name'],
  [{ identifier: 'https://a.example/', name: 'x', scopes: ['openid'] }, 'scopes'],
  [{ identifier: 'https://a.example/', name: 'x', scopes: ['admin:users:read'] }, 'scopes'],
  [{ identifier: 'https://a.example/', name: 'x', scopes: ['database:read'], open: true }, 'scopes'],
  [{ identifier: 'https://a.example/', name: 'x', token_lifetime: 1 }, 'token_lifetime'],
])('the resource %j is refused', async (body, field) => {
  const reply = await admin.call('createResource', { body });
  expect([reply.status, reply.body.errors[0]?.field]).toEqual([400, field]);
});

test('the server itself needs no entry', async () => {
  const reply = await admin.call('createResource', { body: { identifier: `${server.url}/`, name: 'Me' } });
  expect([reply.status, reply.body.errors[0]?.field]).toEqual([400, 'identifier']);
});
