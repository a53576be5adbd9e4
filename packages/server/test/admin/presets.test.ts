import { PRESET_NAMES, PRESETS } from '@authly/admin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

/** Clients that are made for the software of others: one word says what they must be. */

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

test.each(PRESET_NAMES)('the preset %s makes a client, and answers the files with its values', async (preset) => {
  const { status, body, text } = await admin.call('createClient', { body: { client_name: 'App', preset } });
  expect(status, text).toBe(201);
  const { scope, ...fields } = PRESETS[preset].client;
  expect(body).toMatchObject({ ...fields, scope: scope === '' ? null : scope });
  const told = JSON.stringify(body.preset?.files);
  expect(told).toContain(server.url);
  expect(told).toContain(body.client_id);
  if (body.client_secret !== null) expect(told).toContain(body.client_secret);
  expect(body.preset).toMatchObject({ name: preset, title: PRESETS[preset].title });
});

test('where the software runs elsewhere, its files and the addresses of its logouts go along', async () => {
  const { body } = await admin.call('createClient', {
    body: { client_name: 'App', preset: 'express', redirect_uris: ['https://shop.example/login/back'] },
  });
  expect(body.post_logout_redirect_uris).toEqual(['https://shop.example']);
  const [file] = body.preset?.files ?? [];
  expect(file?.text).toContain("baseURL: 'https://shop.example'");
  expect(file?.text).toContain("routes: { callback: '/login/back' }");
});

test('what says against a preset is refused, and says what', async () => {
  const { status, text } = await admin.call('createClient', {
    body: { client_name: 'App', preset: 'prometheus', redirect_uris: ['https://shop.example/'] },
  });
  expect([status, text]).toEqual([
    400,
    expect.stringContaining('The preset prometheus signs nobody in: it takes no redirect URI'),
  ]);
  const unknown = await admin.call('createClient', { body: { client_name: 'App', preset: 'nextjs' as 'spa' } });
  expect([unknown.status, unknown.text]).toEqual([
    400,
    expect.stringContaining('preset must be one of argocd, authjs'),
  ]);
});

test('a client without a preset is answered without one', async () => {
  const { body } = await admin.call('createClient', {
    body: { client_name: 'App', client_type: 'public', redirect_uris: ['https://shop.example/'] },
  });
  expect(body).not.toHaveProperty('preset');
});
