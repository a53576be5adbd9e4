import type { TokenResponse } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent } from '../../packages/server/test/support/agent.js';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { ADMIN_PASSWORD, type AuthlyProcess, installation, startAuthly } from '../support/authly-process.js';

let database: TestDatabase;
let authly: AuthlyProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  authly = await startAuthly(installation(database.url), { arguments: ['--workers', '2'] });
});
afterAll(async () => {
  await authly?.end();
  await database?.drop();
});

function token(form: Record<string, string>): Promise<Response> {
  return fetch(`${authly.url}/api/v1/oauth/token`, {
    method: 'POST',
    headers: { connection: 'close' },
    body: new URLSearchParams(form),
  });
}

async function login(): Promise<TokenResponse> {
  const response = await token({
    grant_type: 'password',
    username: 'admin',
    password: ADMIN_PASSWORD,
    scope: 'openid profile offline_access',
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as TokenResponse;
}

async function isActive(accessToken: string): Promise<boolean> {
  const response = await fetch(`${authly.url}/oidc/userinfo`, {
    headers: { authorization: `Bearer ${accessToken}`, connection: 'close' },
  });
  return response.status === 200;
}

describe('two workers', () => {
  it('both answer, with the same keys', async () => {
    const documents = await Promise.all(
      Array.from({ length: 20 }, async () =>
        (await fetch(`${authly.url}/.well-known/jwks.json`, { headers: { connection: 'close' } })).text(),
      ),
    );
    expect(new Set(documents).size).toBe(1);
  });

  // @attack refresh token spent twice (Keycloak PR 46054, GHSA-392p-2q2v-4372, GHSA-pw9m-5jxm-xr6h)
  // @check 156, 275
  it('give one chain to fifty refreshes of one token at once, and log nobody out', async () => {
    for (let round = 0; round < 3; round += 1) {
      const first = await login();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' }),
        ),
      );
      expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(200));
      const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as TokenResponse[];
      expect(new Set(bodies.map((body) => body.refresh_token)).size).toBe(1);
      const next = await token({ grant_type: 'refresh_token', refresh_token: bodies[0]?.refresh_token ?? '' });
      expect(next.status).toBe(200);
    }
  });

  it('detect theft: a refresh token of an older generation ends the chain on both', async () => {
    const first = await login();
    const second = (await (
      await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })
    ).json()) as TokenResponse;
    const third = (await (
      await token({ grant_type: 'refresh_token', refresh_token: second.refresh_token ?? '' })
    ).json()) as TokenResponse;
    expect((await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })).status).toBe(400);
    for (let attempt = 0; attempt < 6; attempt += 1) expect(await isActive(third.access_token)).toBe(false);
    expect((await token({ grant_type: 'refresh_token', refresh_token: third.refresh_token ?? '' })).status).toBe(400);
  });

  // @attack code redeemed twice at once (GHSA-7w99-5wm4-3g79)
  // @check 136, 275
  it('redeem one code once of fifty times', async () => {
    const verifier = 'v'.repeat(64);
    const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))).toString(
      'base64url',
    );
    const agent = createAgent(authly.url);
    const redirect = 'http://127.0.0.1:5999/callback';
    const request = new URLSearchParams({
      response_type: 'code',
      client_id: 'authly',
      redirect_uri: redirect,
      scope: 'openid profile',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const page = await agent.follow(await agent.get(`${authly.url}/api/v1/oauth/authorize?${request.toString()}`));
    const consent = await agent.submit(page, 'login-form', { username: 'admin', password: ADMIN_PASSWORD });
    const done = await agent.submit(consent, 'consent-form', { decision: 'allow' });
    const code = new URL(done.location ?? '').searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      client_id: 'authly',
      code,
      redirect_uri: redirect,
      code_verifier: verifier,
    };
    const answers = await Promise.all(Array.from({ length: 50 }, () => token(form)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.every((answer) => answer.status < 500)).toBe(true);
    const winner = (await answers.find((answer) => answer.status === 200)?.json()) as TokenResponse;
    expect(await isActive(winner.access_token)).toBe(false);
  });

  // @attack parallel guessing (CVE-2024-4629, CVE-2023-47111)
  it('count wrong passwords together', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => token({ grant_type: 'password', username: 'nobody-here', password: 'x' })),
    );
    const tried = answers.filter((answer) => answer.status === 400).length;
    expect(tried).toBe(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(15);
  });

  it('finish what they began when they are told to stop', async () => {
    const inFlight = Array.from({ length: 8 }, () =>
      token({ grant_type: 'password', username: 'admin', password: ADMIN_PASSWORD, scope: 'openid' }).then(
        (response) => response.status,
        () => 'refused',
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 150));
    const code = await authly.end('SIGTERM');
    const statuses = await Promise.all(inFlight);
    expect(code).toBe(0);
    expect(statuses.filter((status) => status !== 200 && status !== 'refused' && status !== 503)).toEqual([]);
    expect(statuses).toContain(200);
  });
});
