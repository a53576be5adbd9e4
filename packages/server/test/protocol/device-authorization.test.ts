import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForCode } from '../device/device.js';
import type { GivenClient } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

const DEVICE = '/api/v1/oauth/device_authorization';

let server: TestServer;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
});
afterAll(() => server.stop());

async function errorOf(response: Response): Promise<{ status: number; error: string }> {
  return { status: response.status, ...((await response.json()) as { error: string }) };
}

describe('a device that asks for a code', () => {
  // @check 164
  it('gets two codes, where to enter them, for how long, and how often to ask; nobody may store it', async () => {
    const response = await server.post(DEVICE, { scope: 'openid' }, client.basic);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toContain('no-store');
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${server.url}/device`,
      verification_uri_complete: `${server.url}/device?user_code=${String(answer.user_code)}`,
      expires_in: 600,
      interval: 5,
    });
  });

  // @check 165
  it('must be a registered client and ask for scopes that it may have', async () => {
    expect(await errorOf(await server.post(DEVICE, { client_id: 'client_nobody' }))).toMatchObject({
      status: 401,
      error: 'invalid_client',
    });
    expect(await errorOf(await server.post(DEVICE, {}))).toMatchObject({ error: 'invalid_client' });
    expect(await errorOf(await server.post(DEVICE, { client_id: client.clientId }))).toMatchObject({
      error: 'invalid_client',
    });
    expect(await errorOf(await server.post(DEVICE, { scope: 'admin:users:read' }, client.basic))).toMatchObject({
      error: 'invalid_scope',
    });
    expect(
      await errorOf(
        await server.post(
          DEVICE,
          [
            ['scope', 'read'],
            ['scope', 'write'],
          ],
          client.basic,
        ),
      ),
    ).toMatchObject({ error: 'invalid_request' });
    expect((await fetch(`${server.url}${DEVICE}`)).status).toBe(405);
  });

  // @check 266
  it('never gets a code twice', async () => {
    const app = await server.given.client();
    const answers = await Promise.all(Array.from({ length: 30 }, () => askForCode(server, app)));
    expect(new Set(answers.map((answer) => answer.device_code)).size).toBe(30);
    expect(new Set(answers.map((answer) => answer.user_code)).size).toBe(30);
  });

  it('is told to wait when it starts too many logins', async () => {
    const app = await server.given.client();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => server.post(DEVICE, { scope: 'openid' }, app.basic)),
    );
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

describe('offline_access', () => {
  // @check 162
  it('is on the page that the person agrees to, and not granted when it was not asked for', async () => {
    const user = await server.given.user();
    const agent = await server.given.signedIn(user);
    const tokens = await server.given.tokens({ user, client, scope: 'openid' });
    expect(tokens.scope).toBe('openid');
    const page = await agent.follow(
      await agent.get(
        `${server.url}/api/v1/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: client.clientId, redirect_uri: 'https://app.example/callback', scope: 'openid offline_access', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }).toString()}`,
      ),
    );
    expect(page.body).toContain('data-scope="offline_access"');
  });
});

describe('an issuer with https', () => {
  // @check 84, 263
  it('sends HSTS and cookies that only https and this host can set', async () => {
    const secure = await startServer({ settings: { issuer: 'https://id.example' } });
    const response = await fetch(`${secure.url}/login`);
    expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000');
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-authly_browser_[0-9a-f]{8}=/);
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute);
    await secure.stop();
  });
});
