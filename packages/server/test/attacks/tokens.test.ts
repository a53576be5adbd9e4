import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../src/compose.js';
import { createApp } from '../../src/http/app.js';
import { createAgent, sessionCookie } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser, refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import type { Session } from '../../src/model/people/session.js';
import { freePort } from '../support/settings.js';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  user = await server.given.user();
});
afterAll(() => server.stop());

/** The server as it is after a restart: the same database and secrets, nothing in memory. */
async function startedAnew(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const logger = pino({ level: 'silent' });
  const composed = await compose(server.context.settings, { clock: server.clock, logger });
  const runtime = {
    version: 'test',
    startedAt: server.clock.now(),
    ping: () => composed.ping(),
    pool: () => composed.pool(),
    isReady: () => true,
    clockProblem: () => undefined,
    apiReference: () => Promise.reject(new Error('nobody opens /docs here')),
    metrics: () => composed.metrics.expose(),
  };
  const app = createApp(composed.context, { logger, runtime });
  await app.listen({ host: '127.0.0.1', port });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      app.server.closeAllConnections();
      await app.close();
      await composed.close();
    },
  };
}

describe('after a restart', () => {
  // @attack revocation forgotten at a restart (CVE-2026-9802, CVE-2026-8922)
  it('a revoked, a used and a stolen refresh token are still refused, and their access tokens inactive', async () => {
    const revoked = await server.given.tokens({ user, client });
    await server.post('/api/v1/oauth/revoke', { token: revoked.refresh_token ?? '' }, client.basic);
    const used = await server.given.tokens({ user, client });
    const next = await refreshWith(server.url, client, used.refresh_token ?? '');
    expect(next.status).toBe(200);
    server.clock.advance(31);
    const good = await server.given.tokens({ user, client });

    const anew = await startedAnew();
    expect((await refreshWith(anew.url, client, revoked.refresh_token ?? '')).status).toBe(400);
    expect((await refreshWith(anew.url, client, used.refresh_token ?? '')).status).toBe(400);
    const { refresh_token: successor = '' } = (await next.json()) as { refresh_token?: string };
    expect((await refreshWith(anew.url, client, successor)).status).toBe(400);
    expect((await refreshWith(anew.url, client, good.refresh_token ?? '')).status).toBe(200);
    const introspected = await fetch(`${anew.url}/api/v1/oauth/introspect`, {
      method: 'POST',
      headers: client.basic,
      body: new URLSearchParams({ token: revoked.access_token }),
    });
    expect(await introspected.json()).toEqual({ active: false });
    const userinfo = await fetch(`${anew.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${revoked.access_token}` },
    });
    expect(userinfo.status).toBe(401);
    await anew.stop();
  });
});

describe('an old session cookie', () => {
  const silent = (): string =>
    authorizeUrl(server.url, {
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      prompt: 'none',
    });

  // @attack stale session cookie (dex d91abd90, dex 7cb2317c)
  it('sent beside the one of another person counts for nobody, and neither is extended', async () => {
    const agent = await server.given.signedIn(user);
    const old = agent.cookies.get(sessionCookie(server)) ?? '';
    await agent.submit(await agent.get('/oidc/logout'), 'logout-form', { decision: 'logout' });
    const other = await server.given.signedIn(await server.given.user());
    const fresh = other.cookies.get(sessionCookie(server)) ?? '';
    const states = (): Promise<unknown> => Promise.all([old, fresh].map((secret) => sessionOf(secret)));
    const before = await states();
    for (const cookies of [
      `${sessionCookie(server)}=${old}`,
      `${sessionCookie(server)}=${old}; ${sessionCookie(server)}=${fresh}`,
      `${sessionCookie(server)}=${fresh}x; ${sessionCookie(server)}=${old}`,
    ]) {
      server.clock.advance(30);
      const page = await createAgent(server.url).get(silent(), { cookie: cookies });
      expect(page.location).toContain('error=login_required');
    }
    expect(await states()).toEqual(before);
  });

  // @attack stale session cookie (dex d91abd90, dex 7cb2317c)
  it('ends at its time, however often the new session of the same browser is used', async () => {
    const someone = await server.given.user();
    const agent = await server.given.signedIn(someone);
    const old = agent.cookies.get(sessionCookie(server)) ?? '';
    server.clock.advance(60);
    const form = await agent.get('/login?reason=switch_account');
    await agent.submit(form, 'login-form', { username: someone.user.username, password: someone.password });
    const renewed = agent.cookies.get(sessionCookie(server)) ?? '';
    expect(renewed).not.toBe(old);
    const { expiresAt } = (await sessionOf(renewed)) ?? {};
    for (let day = 0; day < 14; day += 1) {
      expect((await agent.get('/account')).status).toBe(200);
      const stale = await createAgent(server.url).get('/account', { cookie: `${sessionCookie(server)}=${old}` });
      expect([stale.status, stale.location]).toEqual([303, expect.stringContaining('/login')]);
      server.clock.advance(86_400);
    }
    expect((await sessionOf(renewed))?.expiresAt).toEqual(expiresAt);
    expect((await agent.get('/account')).location).toContain('/login');
  });
});

async function sessionOf(secret: string): Promise<Session | undefined> {
  return (await server.context.store.sessions.findBySecret(server.context.hashing.tokenHash(secret)))?.session;
}
