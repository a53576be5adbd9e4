import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent, readForm, sessionCookie } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser, redeem } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  user = await server.given.user();
});
afterAll(() => server.stop());

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

function asked(changes: Record<string, string> = {}): string {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  });
}

describe('a challenge', () => {
  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  it.each<Record<string, string>>([
    { code_challenge_method: 'plain' },
    { code_challenge_method: '' },
    { code_challenge: '' },
    { code_challenge: 'short' },
    { code_challenge_method: 's256' },
  ])('that is weakened gets no code: %j', async (weaker) => {
    const agent = await server.given.signedIn(user);
    const { location = '' } = await agent.get(asked(weaker));
    const values = new URL(location).searchParams;
    expect([values.get('error'), values.has('code')]).toEqual(['invalid_request', false]);
  });

  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  it.each(['', undefined])('is not met by the verifier %j', async (verifier) => {
    const run = await server.given.code({ user, client });
    const changes: Record<string, string> = verifier === undefined ? {} : { code_verifier: verifier };
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: run.code,
      redirect_uri: run.redirectUri,
      ...changes,
    });
    const response = await fetch(`${server.url}/api/v1/oauth/token`, {
      method: 'POST',
      headers: client.basic,
      body: form,
    });
    expect([response.status, (await redeem(server.url, client, run)).status]).toEqual([400, 200]);
  });
});

describe('a flow that is not there', () => {
  // @attack switched-off flow coerced (CVE-2026-7571)
  it.each(['token', 'id_token', 'code id_token', 'code token id_token', 'none'])(
    'does not come back by response_type=%s, asked for or slipped into a form',
    async (type) => {
      const agent = await server.given.signedIn(user);
      const refused = await agent.get(asked({ response_type: type }));
      expect(refused.location ?? '').not.toMatch(/access_token|id_token=/);
      expect(refused.location).toContain('error=unsupported_response_type');
      const page = await agent.follow(await agent.get(asked({ prompt: 'consent' })));
      const { action, hidden } = readForm(page.body, 'consent-form');
      const sent = { ...hidden, decision: 'allow', response_type: type, response_mode: 'fragment' };
      const done = await agent.follow(await agent.post(new URL(action, page.url).href, sent));
      const answer = new URL(done.location ?? '');
      expect([[...answer.searchParams.keys()].sort(), answer.hash]).toEqual([['code', 'iss'], '']);
    },
  );

  // @attack switched-off flow coerced (CVE-2026-7571)
  it.each([{ grantTypes: ['client_credentials'] }, { redirectUris: ['https://app.example/other'] }] as const)(
    'does not come back through a page that was opened before: %j',
    async (change) => {
      const app = await server.given.client();
      const agent = await server.given.signedIn(user);
      const page = await agent.follow(await agent.get(asked({ client_id: app.clientId })));
      await server.context.store.clients.change(app.clientId, change, { now: server.clock.now() });
      await expect.poll(() => server.context.directory.client(app.clientId)).toMatchObject(change);
      const done = await agent.submit(page, 'consent-form', { decision: 'allow' });
      expect([done.status, done.location]).toEqual([400, undefined]);
    },
  );
});

describe('a page of a login', () => {
  // @attack step skipped by an empty post (CVE-2026-49443)
  it('sent without its fields leads nowhere', async () => {
    const nobody = createAgent(server.url);
    const login = await nobody.follow(await nobody.get(asked()));
    const form = readForm(login.body, 'login-form');
    const empty = await nobody.post(new URL(form.action, login.url).href, form.hidden);
    expect([empty.status, empty.location, nobody.cookies.has(sessionCookie(server))]).toEqual([303, login.url, false]);
    const bare = await nobody.post(new URL(form.action, login.url).href, {});
    expect([bare.status >= 400 && bare.status < 500, nobody.cookies.has(sessionCookie(server))]).toEqual([true, false]);

    const agent = await server.given.signedIn(await server.given.user());
    const consent = await agent.follow(await agent.get(asked()));
    const yes = readForm(consent.body, 'consent-form');
    for (const fields of [yes.hidden, {}, { ...yes.hidden, decision: '' }]) {
      const answer = await agent.post(new URL(yes.action, consent.url).href, fields);
      expect(answer.location ?? '').not.toContain('code=');
    }
  });

  // @attack step skipped by an empty post (CVE-2026-49443)
  it('that is still to come cannot be jumped over', async () => {
    const someone = await server.given.user({ requiresPasswordChange: true });
    const agent = await server.given.signedIn(someone);
    const demanded = await agent.follow(await agent.get(asked()));
    expect(demanded.body).toContain('id="password-change-form"');
    const { hidden } = readForm(demanded.body, 'password-change-form');
    const empty = await agent.submit(demanded, 'password-change-form');
    const jumps = [
      empty,
      await agent.post('/consent', { ...hidden, decision: 'allow' }),
      await agent.get(asked({ prompt: 'none' })),
    ];
    for (const jump of jumps) expect(jump.location ?? '').not.toContain('code=');
    expect((await server.context.store.users.find(someone.user.id))?.requiresPasswordChange).toBe(true);
  });
});
