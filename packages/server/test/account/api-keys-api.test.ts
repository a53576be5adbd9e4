import { isApiKey } from '@authly/oauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let user: GivenUser;
let token: string;

beforeAll(async () => {
  server = await startServer();
});

beforeEach(async () => {
  user = await server.given.user();
  token = (await server.given.passwordTokens(user, ['openid', 'profile', 'read'])).access_token;
});

afterAll(() => server.stop());

describe('the API of a person’s own keys', () => {
  it('makes a key and shows it once', async () => {
    const made = await call('POST', '', { name: 'build server', scope: 'read openid', expires_in: 3600 });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'build server',
      scope: 'read openid',
      owner: { type: 'user', id: user.user.id },
      is_active: true,
    });
    expect(isApiKey(String(made.body['api_key']))).toBe(true);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const list = await call('GET');
    expect(list.headers.get('x-total-count')).toBe('1');
    expect(JSON.stringify(list.body)).not.toContain(String(made.body['api_key']));
  });

  it('gives a key no more than the token that makes it can do', async () => {
    expect((await call('POST', '', { name: 'more', scope: 'read write' })).status).toBe(403);
    expect((await call('POST', '', { name: 'more', scope: 'admin' })).status).toBe(403);
  });

  it('is for clients of the server itself: the token of another application makes no lasting key', async () => {
    const client = await server.given.client();
    const { access_token: foreign } = await server.given.tokens({ user, client });
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', '/x'],
    ] as const)
      expect(
        (await call(method, path, method === 'POST' ? { name: 'x', scope: 'openid' } : undefined, foreign)).status,
      ).toBe(403);
    const machine = await server.post(
      '/api/v1/oauth/token',
      { grant_type: 'client_credentials', scope: 'read' },
      client.basic,
    );
    const { access_token: own } = (await machine.json()) as { access_token: string };
    expect((await call('GET', '', undefined, own)).status).toBe(403);
  });

  it('lets a key replace and end itself, and nothing else', async () => {
    const first = await call('POST', '', { name: 'self', scope: 'read' });
    const other = await call('POST', '', { name: 'other', scope: 'read' });
    const key = String(first.body['api_key']);
    expect((await call('POST', '', { name: 'child', scope: 'read' }, key)).status).toBe(403);
    expect((await call('DELETE', `/${String(other.body['id'])}`, undefined, key)).status).toBe(404);
    expect((await call('GET', '', undefined, key)).body).toMatchObject([{ name: 'self' }]);
    const rotated = await call('POST', `/${String(first.body['id'])}/rotate`, { overlap_seconds: 60 }, key);
    expect(rotated.status).toBe(201);
    expect(rotated.body).toMatchObject({ name: 'self', rotated_from: first.body['id'] });
    const end = new Date(server.clock.now().getTime() + 60_000).toISOString();
    expect(rotated.body['previous_expires_at']).toBe(end);
    const next = String(rotated.body['api_key']);
    expect((await call('DELETE', `/${String(rotated.body['id'])}`, undefined, next)).status).toBe(200);
    expect((await call('GET', '', undefined, next)).status).toBe(401);
  });

  it('rotates without overlap when the body is empty', async () => {
    const made = await call('POST', '', { name: 'rolling', scope: 'read' });
    const rotated = await call('POST', `/${String(made.body['id'])}/rotate`);
    expect(rotated.status).toBe(201);
    expect((await call('GET', '', undefined, String(made.body['api_key']))).status).toBe(401);
    expect((await call('GET', '', undefined, String(rotated.body['api_key']))).status).toBe(200);
  });

  // @attack API key for somebody else (CVE-2025-61928)
  it('makes keys for the caller alone, whomever the body names (CVE-2025-61928)', async () => {
    const other = await server.given.user();
    const made = await call('POST', '', { name: 'x', scope: 'read', user_id: other.user.id });
    expect(made.status).toBe(400);
    const nobody = await fetch(`${server.url}/api/v1/api-keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', scope: 'read', user_id: other.user.id }),
    });
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs=/);
  });

  it('knows nothing of the keys of others', async () => {
    const made = await call('POST', '', { name: 'mine', scope: 'read' });
    const stranger = (await server.given.passwordTokens(await server.given.user(), ['read'])).access_token;
    const id = String(made.body['id']);
    expect((await call('POST', `/${id}/rotate`, {}, stranger)).status).toBe(404);
    expect((await call('DELETE', `/${id}`, undefined, stranger)).status).toBe(404);
    expect((await call('GET', '', undefined, stranger)).body).toEqual([]);
    expect((await call('GET', '', undefined, String(made.body['api_key']))).status).toBe(200);
  });

  it('refuses what it cannot read with a reason, never with a fault', async () => {
    const bodies: unknown[] = [
      {},
      [],
      { name: 'x' },
      { name: 5, scope: 'read' },
      { name: '', scope: 'read' },
      { name: 'x', scope: '' },
      { name: 'x', scope: [] },
      { name: 'x', scope: [1] },
      { name: 'x', scope: 'read', expires_in: -1 },
      { name: 'x', scope: 'read', expires_in: 1e300 },
      { name: 'x', scope: 'read', expires_in: 1.5 },
      { name: 'x', scope: 'read', expires_in: 9e15 },
      { name: 'x'.repeat(300), scope: 'read' },
      { name: '\u0000', scope: 'read' },
    ];
    for (const body of bodies) {
      const answer = await call('POST', '', body);
      expect(answer.status, JSON.stringify(body).slice(0, 80)).toBe(400);
      expect(answer.body['detail']).toBeTypeOf('string');
    }
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'offset=-1'])
      expect((await call('GET', `?${query}`)).status).toBe(400);
    for (const id of ['x', '%00', server.context.random.uuid(), 'x'.repeat(300)])
      expect([400, 404]).toContain((await call('DELETE', `/${id}`)).status);
  });

  it('waits for a demanded password change', async () => {
    const person = await server.given.user();
    const { access_token: early } = await server.given.passwordTokens(person, ['read']);
    await server.context.store.users.change(
      person.user.id,
      { requiresPasswordChange: true },
      { now: server.clock.now() },
    );
    expect((await call('GET', '', undefined, early)).status).toBe(403);
  });
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function call(method: string, path = '', body?: unknown, bearer = token): Promise<Reply> {
  const response = await fetch(`${server.url}/api/v1/api-keys${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
