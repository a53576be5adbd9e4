import { AUTHORIZATION_CHALLENGE } from '@authly/oauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { program } from './program.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ settings: { 'challenge_endpoint.enabled': false } });
});
afterAll(() => server.stop());

// @attack switched-off flow coerced (CVE-2026-7571)
it('a server where it is switched off names no such endpoint, and sends everybody to a browser', async () => {
  for (const name of ['openid-configuration', 'oauth-authorization-server', 'cli-configuration']) {
    const metadata = await (await fetch(`${server.url}/.well-known/${name}`)).json();
    expect(metadata).not.toHaveProperty('authorization_challenge_endpoint');
  }
  const user = await server.given.user();
  const own = await program(server);
  for (const password of [user.password, 'wrong'])
    expect(await own.begin({ ...user, password })).toMatchObject({ status: 403, error: 'redirect_to_web' });
  const trusted = await server.given.client({ grantTypes: ['authorization_code', AUTHORIZATION_CHALLENGE] });
  expect(await (await program(server, trusted)).begin(user)).toMatchObject({ error: 'redirect_to_web' });
});
