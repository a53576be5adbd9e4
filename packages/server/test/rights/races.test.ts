import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { administrator, type Caller } from '../admin/caller.js';
import { compose } from '../../src/compose.js';
import { createApp } from '../../src/http/app.js';
import { createAgent } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { freePort } from '../support/settings.js';

/** Two workers on one database, and logins in flight on both while an administrator ends them. */
let server: TestServer;
let urls: readonly string[];
let stopOther: () => Promise<void>;
let admin: Caller;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  const port = await freePort();
  const logger = pino({ level: 'silent' });
  const other = await compose({ ...server.context.settings, port }, { clock: server.clock, logger });
  const app = createApp(other.context, {
    logger,
    runtime: {
      version: 'test',
      startedAt: server.clock.now(),
      ping: () => other.ping(),
      pool: () => other.pool(),
      isReady: () => true,
      clockProblem: () => undefined,
      apiReference: () => Promise.reject(new Error('nobody opens /docs here')),
      metrics: () => other.metrics.expose(),
    },
  });
  await app.listen({ host: '127.0.0.1', port });
  stopOther = async () => {
    app.server.closeAllConnections();
    await app.close();
    await other.close();
  };
  urls = [server.url, `http://127.0.0.1:${port}`];
  admin = await administrator(server);
  client = await server.given.client({ isFirstParty: true });
});
afterAll(async () => {
  await stopOther();
  await server.stop();
});

const ENDINGS: Readonly<Record<string, (user: GivenUser) => Promise<unknown>>> = {
  'a reset of the password': ({ user }) => admin.call('resetPassword', { params: { user_id: user.id } }),
  'signing out everywhere': ({ user }) => admin.call('revokeUserSessions', { params: { user_id: user.id } }),
  'a deactivation and an activation': async ({ user }) => {
    await admin.call('updateUser', { params: { user_id: user.id }, body: { is_active: false } });
    await admin.call('updateUser', { params: { user_id: user.id }, body: { is_active: true } });
  },
};

describe.each(Object.entries(ENDINGS))('after %s', (name, end) => {
  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  it('no login that was in flight works', async () => {
    const user = await server.given.user();
    const agent = await server.given.signedIn(user);
    // A right password that is read after the others are out lets in; after a reset there is none.
    const isReset = name === 'a reset of the password';
    const logins = Array.from({ length: isReset ? 4 : 0 }, (_, index) => passwordGrant(urls[index % 2] ?? '', user));
    const codes = Array.from({ length: 10 }, (_, index) => code(urls[index % 2] ?? '', agent.cookies));
    await Promise.race([...logins, ...codes]);
    await end(user);
    for (const answer of await Promise.all(logins)) {
      if (answer === undefined) continue;
      const form = { grant_type: 'refresh_token', refresh_token: answer };
      expect((await server.post('/api/v1/oauth/token', form)).status).toBe(400);
    }
    for (const found of await Promise.all(codes)) {
      if (found === undefined) continue;
      const form = { grant_type: 'authorization_code', code: found, code_verifier: VERIFIER, redirect_uri: CALLBACK };
      expect((await server.post('/api/v1/oauth/token', form, client.basic)).status).toBe(400);
    }
  });
});

const VERIFIER = 'v'.repeat(43);

async function passwordGrant(url: string, { user, password }: GivenUser): Promise<string | undefined> {
  const body = new URLSearchParams({ grant_type: 'password', username: user.username, password, scope: 'openid' });
  const response = await fetch(`${url}/api/v1/oauth/token`, { method: 'POST', body });
  return ((await response.json()) as { refresh_token?: string }).refresh_token;
}

async function code(url: string, cookies: ReadonlyMap<string, string>): Promise<string | undefined> {
  const agent = createAgent(url);
  for (const [name, value] of cookies) agent.cookies.set(name, value);
  const answer = await agent.get(
    authorizeUrl(url, {
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid offline_access',
      prompt: 'none',
      code_challenge: server.context.hashing.sha256(VERIFIER).toString('base64url'),
      code_challenge_method: 'S256',
    }),
  );
  return answer.location === undefined ? undefined : (new URL(answer.location).searchParams.get('code') ?? undefined);
}
