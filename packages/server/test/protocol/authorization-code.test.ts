import { createHash, randomBytes } from 'node:crypto';
import type { TokenResponse } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GivenClient, type GivenUser, redeem, refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let user: GivenUser;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user();
  client = await server.given.client();
});
afterAll(() => server.stop());

async function errorOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: string }).error;
}

async function isActive(token: string): Promise<boolean> {
  const response = await server.post('/api/v1/oauth/introspect', { token }, client.basic);
  return ((await response.json()) as { active: boolean }).active;
}

describe('a code', () => {
  // @attack stored credential answer (better-auth 10065)
  // @check 128, 129, 143
  it('is traded for tokens that nobody may store', async () => {
    const run = await server.given.code({ user, client });
    const response = await redeem(server.url, client, run);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('content-type')).toContain('application/json');
    const body = (await response.json()) as TokenResponse;
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid profile email offline_access',
    });
    expect(typeof body.expires_in).toBe('number');
    expect(body.id_token).toBeDefined();
  });

  // @check 46, 143
  it('without openid gives no ID token', async () => {
    const run = await server.given.code({ user, client, scope: 'profile' });
    const body = (await (await redeem(server.url, client, run)).json()) as TokenResponse;
    expect(body.id_token).toBeUndefined();
  });

  // @check 132
  it('that is unknown is refused', async () => {
    const response = await redeem(server.url, client, {
      code: randomBytes(32).toString('base64url'),
      verifier: 'v'.repeat(43),
      redirectUri: 'https://app.example/callback',
    });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toBe('invalid_grant');
  });

  // @attack code of another client (CVE-2026-28513)
  // @check 73, 132
  it('lives a minute', async () => {
    const run = await server.given.code({ user, client });
    server.clock.advance(61);
    expect(await errorOf(await redeem(server.url, client, run))).toBe('invalid_grant');
  });

  // @attack code of another client (CVE-2026-28513)
  // @check 133
  it('of another client is refused and stays usable for its owner', async () => {
    const run = await server.given.code({ user, client });
    const thief = await server.given.client();
    const publicThief = await server.given.client({ type: 'public' });
    expect(await errorOf(await redeem(server.url, thief, run))).toBe('invalid_grant');
    expect(await errorOf(await redeem(server.url, publicThief, run))).toBe('invalid_grant');
    expect((await redeem(server.url, client, run)).status).toBe(200);
  });

  // @attack code redeemed twice at once (GHSA-7w99-5wm4-3g79)
  // @check 134
  it('presented twice revokes every token it produced', async () => {
    const run = await server.given.code({ user, client });
    const tokens = (await (await redeem(server.url, client, run)).json()) as TokenResponse;
    expect(await isActive(tokens.access_token)).toBe(true);
    expect(await errorOf(await redeem(server.url, client, run))).toBe('invalid_grant');
    expect(await isActive(tokens.access_token)).toBe(false);
    expect(await errorOf(await refreshWith(server.url, client, tokens.refresh_token ?? ''))).toBe('invalid_grant');
  });

  // @check 135
  it('presented twice with a wrong verifier or a wrong secret revokes nothing', async () => {
    const run = await server.given.code({ user, client });
    const tokens = (await (await redeem(server.url, client, run)).json()) as TokenResponse;
    await redeem(server.url, client, run, { code_verifier: 'x'.repeat(43) });
    await redeem(
      server.url,
      { ...client, basic: { authorization: `Basic ${Buffer.from(`${client.clientId}:wrong`).toString('base64')}` } },
      run,
    );
    expect(await isActive(tokens.access_token)).toBe(true);
  });

  // @attack code redeemed twice at once (GHSA-7w99-5wm4-3g79)
  // @check 136
  it('presented fifty times at once gives tokens once at the most, and then revokes them', async () => {
    const run = await server.given.code({ user, client });
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(server.url, client, run)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status >= 500)).toHaveLength(0);
    const winner = (await answers.find((answer) => answer.status === 200)?.json()) as TokenResponse;
    expect(await isActive(winner.access_token)).toBe(false);
  });

  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  // @check 137
  it('with a challenge needs the verifier, and the right one', async () => {
    const run = await server.given.code({ user, client });
    const without = new URLSearchParams({
      grant_type: 'authorization_code',
      code: run.code,
      redirect_uri: run.redirectUri,
    });
    const missing = await fetch(`${server.url}/api/v1/oauth/token`, {
      method: 'POST',
      headers: client.basic,
      body: without,
    });
    expect(await errorOf(missing)).toBe('invalid_grant');
    expect(await errorOf(await redeem(server.url, client, run, { code_verifier: 'y'.repeat(64) }))).toBe(
      'invalid_grant',
    );
    expect((await redeem(server.url, client, run)).status).toBe(200);
  });

  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  // @check 37, 138
  it('without a challenge is given only to a confidential client that may, with a nonce, and takes no verifier', async () => {
    const old = await server.given.client({ pkce: 'or_nonce' });
    const parameters = { code_challenge: '', code_challenge_method: '', nonce: 'abc' };
    const run = await server.given.code({ user, client: old, parameters });
    expect(await errorOf(await redeem(server.url, old, run))).toBe('invalid_grant');
    const plain = await redeem(server.url, old, run, { code_verifier: '' });
    expect(plain.status).toBe(200);
  });

  // @check 139
  it.each([42, 129])('refuses a verifier of %i characters even if its hash matches', async (length) => {
    const verifier = 'a'.repeat(length);
    const parameters = { code_challenge: createHash('sha256').update(verifier).digest('base64url') };
    const run = await server.given.code({ user, client, parameters });
    expect(await errorOf(await redeem(server.url, client, { ...run, verifier }))).toBe('invalid_grant');
  });

  // @check 140
  it('refuses the challenge itself as the verifier', async () => {
    const run = await server.given.code({ user, client });
    const challenge = createHash('sha256').update(run.verifier).digest('base64url');
    expect(await errorOf(await redeem(server.url, client, { ...run, verifier: challenge }))).toBe('invalid_grant');
  });

  // @attack code of another client (CVE-2026-28513)
  // @check 141
  it('needs the same redirect_uri if one is sent, and none if none is', async () => {
    const run = await server.given.code({ user, client });
    expect(await errorOf(await redeem(server.url, client, run, { redirect_uri: 'https://app.example/other' }))).toBe(
      'invalid_grant',
    );
    expect((await redeem(server.url, client, run, { redirect_uri: '' })).status).toBe(200);
  });

  // @check 142
  it('is not used up by a failed client authentication', async () => {
    const run = await server.given.code({ user, client });
    const wrong = {
      ...client,
      basic: { authorization: `Basic ${Buffer.from(`${client.clientId}:wrong`).toString('base64')}` },
    };
    expect((await redeem(server.url, wrong, run)).status).toBe(401);
    expect((await redeem(server.url, client, run)).status).toBe(200);
  });

  // @attack scope or resource widened (GHSA-p2fr-6hmx-4528, CVE-2024-52287)
  // @check 63
  it('carries the resource that was asked for into the audience, and no other', async () => {
    const run = await server.given.code({ user, client, parameters: { resource: 'https://api.example/' } });
    expect(await errorOf(await redeem(server.url, client, run, { resource: 'https://evil.example/' }))).toBe(
      'invalid_target',
    );
    const tokens = (await (await redeem(server.url, client, run)).json()) as TokenResponse;
    expect(JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString()).aud).toBe(
      'https://api.example/',
    );
  });

  it('is refused when the person was switched off meanwhile', async () => {
    const someone = await server.given.user();
    const run = await server.given.code({ user: someone, client });
    await server.context.store.users.change(someone.user.id, { isActive: false }, { now: server.clock.now() });
    expect(await errorOf(await redeem(server.url, client, run))).toBe('invalid_grant');
  });

  it('gives an administrator scope to administrators only', async () => {
    const app = await server.given.client({ scopes: ['openid', 'admin:users:read'] });
    const admin = await server.given.user({ isAdmin: true });
    const scope = 'openid admin:users:read';
    expect((await server.given.tokens({ user: admin, client: app, scope })).scope).toBe(scope);
    expect((await server.given.tokens({ user, client: app, scope })).scope).toBe('openid');
  });
});
