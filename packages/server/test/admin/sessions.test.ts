import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller;
let person: GivenUser;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
beforeEach(async () => {
  person = await server.given.user();
  client = await server.given.client();
});
afterAll(() => server.stop());

const at = () => ({ params: { user_id: person.user.id as string } });

test('sessions and tokens are listed together, with what they are and no secrets', async () => {
  const tokens = await server.given.tokens({ user: person, client });
  const { body, text } = await admin.call('listUserSessions', at());
  expect(body.sessions.map((one) => one.token_type).toSorted()).toEqual(['access', 'refresh', 'session']);
  expect(body).toMatchObject({ total_count: 3, active_count: 1, page_info: { has_next: false, total_pages: 1 } });
  const access = body.sessions.find((one) => one.token_type === 'access');
  expect(access).toMatchObject({ client_id: client.clientId, is_active: true, is_invalidated: false });
  expect(access?.scope).toContain('openid');
  for (const secret of [
    tokens.access_token,
    tokens.refresh_token ?? '-',
    server.context.hashing.tokenHash(tokens.refresh_token ?? ''),
  ])
    expect(text).not.toContain(secret);
});

test('pages and filters', async () => {
  await server.given.tokens({ user: person, client });
  await server.given.passwordTokens(person);
  const first = await admin.call('listUserSessions', { ...at(), query: { limit: '2' } });
  const second = await admin.call('listUserSessions', { ...at(), query: { limit: '2', skip: '2' } });
  expect(first.body.page_info).toMatchObject({ has_next: true, has_previous: false, total_pages: 3, current_page: 1 });
  const ids = [...first.body.sessions, ...second.body.sessions].map((one) => one.session_id);
  expect(new Set(ids).size).toBe(4);
  const tokens = await admin.call('listUserTokens', {
    ...at(),
    query: { client_id: client.clientId, token_type: 'access' },
  });
  expect(tokens.body).toMatchObject({ total_count: 1, active_count: 1 });
  server.clock.advance(3700);
  const active = await admin.call('listUserTokens', { ...at(), query: { include_inactive: 'false' } });
  expect(active.status).toBe(401);
  admin = await administrator(server);
  const later = await admin.call('listUserTokens', { ...at(), query: { include_inactive: 'false' } });
  expect(later.body.tokens.map((one) => one.token_type)).toEqual(['refresh', 'refresh']);
});

test('one access token is revoked alone; a refresh token takes its family with it', async () => {
  const tokens = await server.given.tokens({ user: person, client });
  const listed = (await admin.call('listUserTokens', at())).body.tokens;
  const idOf = (kind: string) => listed.find((one) => one.token_type === kind)?.session_id as string;
  const revoked = await admin.call('revokeUserSession', { params: { ...at().params, session_id: idOf('access') } });
  expect(revoked.body).toMatchObject({ token_type: 'access', username: person.user.username });
  const again = await admin.call('revokeUserSession', { params: { ...at().params, session_id: idOf('access') } });
  expect([again.status, again.body.detail]).toEqual([400, 'The session has ended already']);
  const info = async () =>
    (await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } }))
      .status;
  expect(await info()).toBe(401);
  await admin.call('revokeUserSession', { params: { ...at().params, session_id: idOf('refresh') } });
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  expect((await server.post('/api/v1/oauth/token', form, client.basic)).status).toBe(400);
});

test("a session of somebody else, and one that is none, can't be ended through this person", async () => {
  const other = await server.given.user();
  await server.given.signedIn(other);
  const [theirs] = (await admin.call('listUserSessions', { params: { user_id: other.user.id } })).body.sessions;
  const foreign = await admin.call('revokeUserSession', {
    params: { ...at().params, session_id: theirs?.session_id as string },
  });
  expect(foreign.status).toBe(400);
  for (const session_id of [
    'nonsense',
    '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1',
    '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1.7',
  ]) {
    const { status, body } = await admin.call('revokeUserSession', { params: { ...at().params, session_id } });
    expect([status, body.error_code]).toEqual([404, 'SESSION_NOT_FOUND']);
  }
});

test('tokens of one client end and browser sessions stay; then everything ends', async () => {
  const tokens = await server.given.tokens({ user: person, client });
  await server.given.passwordTokens(person);
  const some = await admin.call('revokeUserTokens', { ...at(), query: { client_id: client.clientId } });
  expect(some.body.revoked_tokens).toBe(2);
  const left = (await admin.call('listUserSessions', { ...at(), query: { include_inactive: 'false' } })).body;
  expect(left.sessions.map((one) => one.token_type).toSorted()).toEqual(['access', 'refresh', 'session']);
  const all = await admin.call('revokeUserSessions', at());
  expect(all.body).toMatchObject({ revoked_sessions: 3, active_sessions_remaining: 0 });
  const page = await tokens.agent.get('/oidc/session/check');
  expect(page.body).not.toContain('"active"');
});

test('a person that does not exist has no sessions but a 404', async () => {
  const params = { user_id: '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1' };
  for (const name of ['listUserSessions', 'listUserTokens', 'revokeUserSessions', 'revokeUserTokens'] as const)
    expect((await admin.call(name, { params })).body.error_code, name).toBe('USER_NOT_FOUND');
});
