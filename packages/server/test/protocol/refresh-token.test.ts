import type { TokenResponse } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GivenClient, type GivenUser, refreshWith } from '../support/given.js';
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

async function isActive(token: string): Promise<boolean> {
  const response = await server.post('/api/v1/oauth/introspect', { token }, client.basic);
  return ((await response.json()) as { active: boolean }).active;
}

async function refresh(
  token: string,
  changes: Record<string, string> = {},
  as = client,
): Promise<{ status: number; body: TokenResponse & { error?: string } }> {
  const response = await refreshWith(server.url, as, token, changes);
  return { status: response.status, body: (await response.json()) as TokenResponse & { error?: string } };
}

describe('a refresh token', () => {
  // @check 129, 153
  it('is replaced at every use and keeps the scopes', async () => {
    const first = await server.given.tokens({ user, client });
    const { status, body } = await refresh(first.refresh_token ?? '');
    expect(status).toBe(200);
    expect(body.refresh_token).toMatch(/^authly_rt_/);
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(body.scope.split(' ').sort()).toEqual(['email', 'offline_access', 'openid', 'profile']);
    expect(await isActive(body.access_token)).toBe(true);
  });

  // @check 155
  // @rule 2.1
  it('sent twice within the grace gets the identical answer and no second chain', async () => {
    const first = await server.given.tokens({ user, client });
    const one = await refresh(first.refresh_token ?? '');
    server.clock.advance(20);
    const two = await refresh(first.refresh_token ?? '');
    expect(two.status).toBe(200);
    expect(two.body.access_token).toBe(one.body.access_token);
    expect(two.body.refresh_token).toBe(one.body.refresh_token);
    expect(two.body.expires_in).toBe(one.body.expires_in - 20);
  });

  // @attack refresh token spent twice (Keycloak PR 46054, GHSA-392p-2q2v-4372, GHSA-pw9m-5jxm-xr6h)
  // @check 154
  // @rule 2.2
  it('sent again after the grace ends the whole family', async () => {
    const first = await server.given.tokens({ user, client });
    const second = await refresh(first.refresh_token ?? '');
    server.clock.advance(31);
    const replay = await refresh(first.refresh_token ?? '');
    expect(replay.status).toBe(400);
    expect(replay.body.error).toBe('invalid_grant');
    expect(await isActive(second.body.access_token)).toBe(false);
    expect(await isActive(first.access_token)).toBe(false);
    expect((await refresh(second.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  // @rule 2.2
  it('of an older generation ends the family even within the grace', async () => {
    const first = await server.given.tokens({ user, client });
    const second = await refresh(first.refresh_token ?? '');
    const third = await refresh(second.body.refresh_token ?? '');
    const replay = await refresh(first.refresh_token ?? '');
    expect(replay.body.error).toBe('invalid_grant');
    expect(await isActive(third.body.access_token)).toBe(false);
  });

  // @rule 2.2
  it('that is reused ends only its own login, not the other logins of the same client', async () => {
    const stolen = await server.given.tokens({ user, client });
    const other = await server.given.tokens({ user, client });
    await refresh(stolen.refresh_token ?? '');
    server.clock.advance(31);
    await refresh(stolen.refresh_token ?? '');
    expect((await refresh(other.refresh_token ?? '')).status).toBe(200);
  });

  // @check 151
  it('of another client is refused and stays usable for its owner', async () => {
    const tokens = await server.given.tokens({ user, client });
    const thief = await server.given.client();
    expect((await refresh(tokens.refresh_token ?? '', {}, thief)).body.error).toBe('invalid_grant');
    expect((await refresh(tokens.refresh_token ?? '')).status).toBe(200);
  });

  // @check 152
  it('with a wrong client secret is refused and not used up', async () => {
    const tokens = await server.given.tokens({ user, client });
    const wrong = {
      ...client,
      basic: { authorization: `Basic ${Buffer.from(`${client.clientId}:cs_wrong`).toString('base64')}` },
    };
    const refused = await refresh(tokens.refresh_token ?? '', {}, wrong);
    expect(refused.status).toBe(401);
    expect(refused.body.error).toBe('invalid_client');
    expect((await refresh(tokens.refresh_token ?? '')).status).toBe(200);
  });

  // @attack scope or resource widened (GHSA-p2fr-6hmx-4528, CVE-2024-52287)
  // @check 157
  it('gives fewer scopes when fewer are asked for, keeps all for the next time, and never gives more', async () => {
    const tokens = await server.given.tokens({ user, client, scope: 'openid profile offline_access' });
    const narrow = await refresh(tokens.refresh_token ?? '', { scope: 'profile' });
    expect(narrow.body.scope).toBe('profile');
    const full = await refresh(narrow.body.refresh_token ?? '');
    expect(full.body.scope.split(' ').sort()).toEqual(['offline_access', 'openid', 'profile']);
    const wider = await refresh(full.body.refresh_token ?? '', { scope: 'profile read' });
    expect(wider.body.error).toBe('invalid_scope');
    expect((await refresh(full.body.refresh_token ?? '')).status).toBe(200);
  });

  // @attack scope or resource widened (GHSA-p2fr-6hmx-4528, CVE-2024-52287)
  // @check 158
  it('can be narrowed to one of its resources, and not to another', async () => {
    const parameters = { resource: 'https://api.example/one' };
    const tokens = await server.given.tokens({ user, client, parameters });
    expect((await refresh(tokens.refresh_token ?? '', { resource: 'https://api.example/two' })).body.error).toBe(
      'invalid_target',
    );
    const again = await refresh(tokens.refresh_token ?? '', parameters);
    expect(JSON.parse(Buffer.from(again.body.access_token.split('.')[1] ?? '', 'base64url').toString()).aud).toBe(
      'https://api.example/one',
    );
  });

  // @check 160
  it('expires when it is not used, and ends at the absolute limit however often it is used', async () => {
    const idle = await server.given.tokens({ user, client });
    server.clock.advance(7 * 86_400 + 1);
    expect((await refresh(idle.refresh_token ?? '')).body.error).toBe('invalid_grant');

    let current = (await server.given.tokens({ user, client })).refresh_token ?? '';
    for (let day = 0; day < 85; day += 6) {
      server.clock.advance(6 * 86_400);
      const next = await refresh(current);
      if (next.status !== 200) {
        expect(day).toBeGreaterThanOrEqual(84);
        return;
      }
      current = next.body.refresh_token ?? '';
    }
    server.clock.advance(6 * 86_400);
    expect((await refresh(current)).body.error).toBe('invalid_grant');
  });

  // @check 160
  it('without offline_access dies with the browser session', async () => {
    const tokens = await server.given.tokens({ user, client, scope: 'openid profile' });
    const offline = await server.given.tokens({ user, client, scope: 'openid offline_access' });
    const session = await server.context.store.sessions.listOf(user.user.id, {
      limit: 100,
      offset: 0,
      now: server.clock.now(),
    });
    for (const one of session) await server.context.store.sessions.end({ id: one.id }, server.clock.now());
    expect((await refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect((await refresh(offline.refresh_token ?? '')).status).toBe(200);
  });

  // @check 161
  it('gives an ID token with the same person, client and auth_time, a new iat and no nonce', async () => {
    const tokens = await server.given.tokens({ user, client, parameters: { nonce: 'n-0S6_WzA2Mj' } });
    server.clock.advance(10);
    const again = await refresh(tokens.refresh_token ?? '');
    const claims = (jwt: string | undefined): Record<string, unknown> =>
      JSON.parse(Buffer.from((jwt ?? '').split('.')[1] ?? '', 'base64url').toString());
    const before = claims(tokens.id_token);
    const after = claims(again.body.id_token);
    expect(before.nonce).toBe('n-0S6_WzA2Mj');
    expect(after).toMatchObject({
      iss: before.iss,
      sub: before.sub,
      aud: before.aud,
      auth_time: before.auth_time,
      sid: before.sid,
    });
    expect(after.nonce).toBeUndefined();
    expect(after.iat).toBe((before.iat as number) + 10);
  });

  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  // @check 163
  it('is refused once consent is withdrawn', async () => {
    const someone = await server.given.user();
    const withdrawn = await server.given.tokens({ user: someone, client });
    await server.context.store.consents.withdraw(someone.user.id, client.clientId, server.clock.now());
    expect((await refresh(withdrawn.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect(await isActive(withdrawn.access_token)).toBe(false);
  });
});

describe('twins', () => {
  // @attack refresh token spent twice (Keycloak PR 46054, GHSA-392p-2q2v-4372, GHSA-pw9m-5jxm-xr6h)
  // @check 156
  // @rule 2.3
  it('fifty refreshes of one token at once give one chain and log nobody out', async () => {
    const tokens = await server.given.tokens({ user, client });
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(tokens.refresh_token ?? '')));
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.body.access_token)).size).toBe(1);
    expect((await refresh(answers[0]?.body.refresh_token ?? '')).status).toBe(200);
  });
});
