/** Whoever runs the server finds out why an application was refused, by the id of the request. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Reply } from '@authly/admin-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../support/scratch.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller;
let clientId: string;
let secret: string;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
  const { body } = await admin.call('createClient', {
    body: {
      client_name: 'Shop',
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback', 'https://shop.example/callback'],
      scope: 'openid profile',
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  });
  clientId = body.client_id;
  secret = body.client_secret ?? '';
});
afterAll(() => server.stop());

let count = 0;
const nextId = (): string => `why-${(count += 1)}`;

async function authorize(query: Record<string, string>): Promise<{ id: string; status: number; text: string }> {
  const id = nextId();
  const url = `${server.url}/api/v1/oauth/authorize?${new URLSearchParams({ client_id: clientId, ...query })}`;
  const answer = await fetch(url, { headers: { 'x-request-id': id, accept: 'text/html' }, redirect: 'manual' });
  return { id, status: answer.status, text: await answer.text() };
}

async function token(form: Record<string, string>, headers: Record<string, string> = {}): Promise<string> {
  const id = nextId();
  const init = { method: 'POST', body: new URLSearchParams(form), headers: { 'x-request-id': id, ...headers } };
  await fetch(`${server.url}/api/v1/oauth/token`, init);
  return id;
}

const basic = (): string => `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

const explain = async (id: string): Promise<Reply<'explainRefusal'>> =>
  (await admin.call('explainRefusal', { params: { request_id: id } })).body;

describe('an authorization request that was refused', () => {
  test('for its redirect_uri shows what was sent, the nearest registered one and the difference, to the developer and to the operator', async () => {
    const sent = 'http://localhost:3001/callback/';
    const { id, status, text } = await authorize({
      response_type: 'code',
      redirect_uri: sent,
      scope: 'openid',
      state: 'a-state',
    });
    expect(status).toBe(400);
    expect(text).toContain(sent);
    expect(text).toContain('http://localhost:3000/callback');
    const found = await explain(id);
    expect(found).toMatchObject({
      endpoint: 'authorize',
      client_id: clientId,
      client_name: 'Shop',
      error: 'invalid_request',
      sent: { redirect_uri: sent, response_type: 'code', scope: 'openid' },
      registered_redirect_uris: ['http://localhost:3000/callback', 'https://shop.example/callback'],
      differences: ['The port is 3001, registered is 3000.', 'It ends with a slash; the registered one does not.'],
    });
    expect(found.advice.join(' ')).toContain(`authly admin client update ${clientId} --add-redirect-uri "${sent}"`);
    expect(JSON.stringify(found)).not.toContain('a-state');
    const { events } = (await admin.call('listAuditEvents', { query: { request_id: id } })).body;
    expect(events.map(({ action }) => action)).toEqual(['request.refused']);
  });

  test('by a redirect says so too: PKCE, scope, response_type', async () => {
    const redirect = { redirect_uri: 'https://shop.example/callback' };
    const cases = [
      [{ response_type: 'code', scope: 'openid' }, '--pkce off'],
      [{ response_type: 'code', scope: 'openid email' }, '--scope "openid profile email"'],
      [{ response_type: 'token' }, 'response_type=code'],
    ] as const;
    for (const [query, advice] of cases) {
      const { id, status } = await authorize({ ...redirect, ...query });
      expect(status).toBe(303);
      expect((await explain(id)).advice.join(' ')).toContain(advice);
    }
  });

  test('for a client that does not exist names the client_id that was sent', async () => {
    const { id } = await authorize({ client_id: 'nobody', response_type: 'code' });
    expect(await explain(id)).toMatchObject({ client_id: 'nobody', client_name: null });
  });
});

describe('a token request that was refused', () => {
  test('says why: the secret, the method, the grant type, the code', async () => {
    const wrong = await token({
      grant_type: 'authorization_code',
      code: 'x',
      client_id: clientId,
      client_secret: 'wrong',
    });
    expect((await explain(wrong)).advice.join(' ')).toContain('regenerate-secret');
    const byBody = await token({
      grant_type: 'authorization_code',
      code: 'x',
      client_id: clientId,
      client_secret: secret,
    });
    expect((await explain(byBody)).advice.join(' ')).toContain(`${clientId} --auth-method client_secret_post`);
    const machine = await token({ grant_type: 'client_credentials' }, { authorization: basic() });
    expect(await explain(machine)).toMatchObject({
      error: 'unauthorized_client',
      sent: { grant_type: 'client_credentials' },
    });
    const code = await token({ grant_type: 'authorization_code', code: 'x' }, { authorization: basic() });
    expect(await explain(code)).toMatchObject({ client_id: clientId, error: 'invalid_grant' });
    expect(JSON.stringify(await explain(byBody))).not.toContain(secret);
  });
});

test('an id under which nothing was refused is not found, in words', async () => {
  const { status, body } = await admin.call('explainRefusal', { params: { request_id: 'unknown' } });
  expect(status).toBe(404);
  expect(JSON.stringify(body)).toContain('No refused request with the id unknown');
});

describe('every refusal of the token endpoint has one event', () => {
  test.each([
    ['without any client', {}, {}],
    ['with a header that cannot be read', {}, { authorization: 'Basic !' }],
    ['with a refresh token that nobody knows', { grant_type: 'refresh_token', refresh_token: 'unknown' }, 'basic'],
    ['with a control character', { grant_type: 'client_credentials', scope: 'a\u0001' }, 'basic'],
  ] as const)('%s', async (_how, form, headers) => {
    const given: Record<string, string> = headers === 'basic' ? { authorization: basic() } : headers;
    const id = await token({ grant_type: 'client_credentials', ...form }, given);
    const { events } = (await admin.call('listAuditEvents', { query: { request_id: id } })).body;
    expect(events.map(({ action }) => action)).toEqual(['request.refused']);
    expect((await explain(id)).description).not.toBe('');
  });

  test('under the name of its client, however that wrote it in the header', async () => {
    const encode = (text: string): string =>
      text.replace(/[^A-Za-z0-9]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
    const authorization = `Basic ${Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64')}`;
    const id = await token({ grant_type: 'client_credentials' }, { authorization });
    expect(await explain(id)).toMatchObject({ client_id: clientId, client_name: 'Shop' });
  });
});

test('advice can be pasted into a shell: nothing that a stranger sent becomes a command, and what was cut is not offered', async () => {
  const mark = join(mkdtempSync(join(tmpdir(), 'why-')), 'ran');
  const hostile = [`$(touch ${mark})`, `\`touch ${mark}\``, `"; touch ${mark}; "`, `'; touch ${mark}; '`];
  const lines: string[] = [];
  for (const text of hostile) {
    const redirect = await authorize({ response_type: 'code', redirect_uri: `https://a.example/${text}` });
    const scope = await authorize({
      response_type: 'code',
      redirect_uri: 'https://shop.example/callback',
      scope: `openid read ${text}`,
    });
    const unknown = await token({ grant_type: 'client_credentials', client_id: text, client_secret: 'x' });
    for (const id of [redirect.id, scope.id, unknown]) lines.push(...(await explain(id)).advice);
  }
  const commands = lines.flatMap((line) => /authly .*$/.exec(line)?.[0] ?? []);
  expect(commands.length).toBeGreaterThan(8);
  await promisify(execFile)('sh', ['-c', `authly() { :; }\n${commands.join('\n')}`]);
  expect(existsSync(mark)).toBe(false);
  const long = await authorize({ response_type: 'code', redirect_uri: `https://a.example/${'x'.repeat(400)}` });
  expect((await explain(long.id)).advice.join(' ')).toContain('--add-redirect-uri "REDIRECT_URI"');
});

test('one caller cannot fill the log: beyond thirty a minute the refusals are in the log of the server alone', async () => {
  for (let sent = 0; sent < 40; sent += 1) await authorize({ client_id: `flood-${sent}` });
  const { events } = (await admin.call('listAuditEvents', { query: { action: 'request.refused', limit: '1000' } }))
    .body;
  const told = events.filter(({ client_id }) => client_id?.startsWith('flood-')).length;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(30);
});
