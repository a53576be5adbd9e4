import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

async function created(more: object = {}) {
  const { status, body } = await admin.call('createClient', { body: { ...WEB, ...more } });
  expect(status).toBe(201);
  return body;
}

describe('creating a client', () => {
  test('a confidential client gets its id and its secret once', async () => {
    const client = await created({ scope: 'read write', scopes: ['openid'] });
    expect(client.client_id).toMatch(/^client_[\w-]{22}$/);
    expect(client.client_secret).toMatch(/^cs_[\w-]{43}$/);
    expect(client.scope).toBe('read write openid');
    const shown = await admin.call('getClient', { params: { client_id: client.client_id } });
    expect(shown.text).not.toContain(client.client_secret);
    expect(shown.text).not.toContain('hash');
  });
});
