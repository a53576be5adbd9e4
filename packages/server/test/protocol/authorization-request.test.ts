import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, createAgent, type Page } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  user = await server.given.user();
  agent = createAgent(server.url);
});
afterAll(() => server.stop());

function parameters(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    state: 'xyz',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function ask(changes: Record<string, string | undefined> = {}, who: Agent = agent): Promise<Page> {
  return who.get(authorizeUrl(server.url, parameters(changes)));
}

function answered(page: Page): URLSearchParams {
  if (page.location === undefined || !page.location.startsWith(CALLBACK))
    throw new Error(`not sent back: ${page.status} ${page.location ?? page.body.slice(0, 300)}`);
  return new URL(page.location).searchParams;
}

function staysHere(page: Page): boolean {
  return page.status >= 400 && page.status < 500 && page.location === undefined && page.body.includes('<html');
}

describe('the client and the redirect address', () => {
  // @attack redirect checked too late (CVE-2025-4143, CVE-2026-54072)
  // @attack error redirect before validation (CVE-2026-44681)
  // @check 27, 28, 91
  it('are refused on a page, never by a redirect, while they are not known to be right', async () => {
    expect(staysHere(await ask({ client_id: undefined }))).toBe(true);
    expect(staysHere(await ask({ client_id: 'client_nobody' }))).toBe(true);
    expect(staysHere(await ask({ redirect_uri: 'https://evil.example/' }))).toBe(true);
    expect(staysHere(await ask({ redirect_uri: 'https://evil.example/', prompt: 'none' }))).toBe(true);
    expect(staysHere(await ask({ redirect_uri: 'https://evil.example/', response_mode: 'form_post' }))).toBe(true);
    const off = await server.given.client({ isActive: false });
    expect(staysHere(await ask({ client_id: off.clientId }))).toBe(true);
  });

  // @check 29, 32
  it.each([
    'https://APP.example/callback',
    'https://app.example/callback/',
    'https://app.example/callback?x=1',
    'https://app.example:443/callback',
    'https://app.example/%63allback',
    'https://app.example/Callback',
    'https://app.example/x/../callback',
    'https://app.example/callback%2f',
    'https://app.example@evil.example/callback',
    'https://app.example\\@evil.example/callback',
    'https://app.example/callback#fragment',
    'https://app.exampleevil/callback',
    ' https://app.example/callback',
    'https://app.example/call\tback',
    'javascript:alert(1)',
    '//app.example/callback',
  ])('must be the same character by character: %j is refused', async (redirect) => {
    expect(staysHere(await ask({ redirect_uri: redirect }))).toBe(true);
  });

  // @attack userinfo in a redirect (CVE-2026-28512)
  // @check 30, 31
  // @rule 1.21
  it('may differ in the port on loopback addresses, and nowhere else', async () => {
    const native = await server.given.client({
      type: 'public',
      redirectUris: ['http://127.0.0.1/cb', 'http://[::1]:1000/cb', 'http://localhost:3000/cb'],
    });
    const on = async (redirect: string): Promise<boolean> => {
      const page = await ask({ client_id: native.clientId, redirect_uri: redirect });
      return page.status === 303;
    };
    expect(await on('http://127.0.0.1:51004/cb')).toBe(true);
    expect(await on('http://127.0.0.1/cb')).toBe(true);
    expect(await on('http://[::1]:4321/cb')).toBe(true);
    expect(await on('http://localhost:3000/cb')).toBe(true);
    expect(await on('http://127.0.0.1:51004/other')).toBe(false);
    expect(await on('http://127.0.0.2:51004/cb')).toBe(false);
    expect(await on('http://localhost:4000/cb')).toBe(false);
    expect(await on('http://localhost.evil:3000/cb')).toBe(false);
    expect(await on('https://127.0.0.1:51004/cb')).toBe(false);
    expect(await on('http://127.0.0.1:51004@evil.example/cb')).toBe(false);
  });

  // @check 33
  it('need a redirect_uri when there are several, and always with openid', async () => {
    const two = await server.given.client({ redirectUris: [CALLBACK, 'https://app.example/second'] });
    expect(staysHere(await ask({ client_id: two.clientId, redirect_uri: undefined, scope: 'profile' }))).toBe(true);
    expect(staysHere(await ask({ redirect_uri: undefined }))).toBe(true);
    expect((await ask({ redirect_uri: undefined, scope: 'profile' })).status).toBe(303);
  });

  // @attack parameter pollution (CVE-2026-9689)
  // @check 40
  it('sent twice are refused on a page; other repetitions by redirect; repeated unknown parameters are ignored', async () => {
    const url = authorizeUrl(server.url, parameters());
    expect(staysHere(await agent.get(`${url}&client_id=${client.clientId}`))).toBe(true);
    expect(staysHere(await agent.get(`${url}&redirect_uri=https://evil.example/`))).toBe(true);
    expect(answered(await agent.get(`${url}&scope=openid`)).get('error')).toBe('invalid_request');
    expect(answered(await agent.get(`${url}&state=other`)).get('error')).toBe('invalid_request');
    expect(
      (await agent.get(`${url}&unknown=1&unknown=2&resource=https://a.example/&resource=https://b.example/`)).status,
    ).toBe(303);
  });
});

describe('the other parameters', () => {
  // @check 34, 35, 36, 38, 39, 43, 49, 52, 53, 56, 57, 63, 70, 71
  it.each([
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'id_token token' }, 'unsupported_response_type'],
    [{ response_type: 'code token' }, 'unsupported_response_type'],
    [{ response_type: 'nonsense' }, 'unsupported_response_type'],
    [{ response_mode: 'web_message' }, 'invalid_request'],
    [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: 'S512' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ code_challenge: 'a'.repeat(129) }, 'invalid_request'],
    [{ code_challenge: `${'a'.repeat(42)}!` }, 'invalid_request'],
    [{ scope: 'openid nonexistent' }, 'invalid_scope'],
    [{ scope: 'openid "quoted"' }, 'invalid_scope'],
    [{ scope: 'admin:users:read' }, 'invalid_scope'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'sing' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ max_age: 'soon' }, 'invalid_request'],
    [{ claims: 'not json' }, 'invalid_request'],
    [{ claims: '{"userinfo": 1}' }, 'invalid_request'],
    [{ claims: '{"id_token": {"sub": 5}}' }, 'invalid_request'],
    [{ claims: '{"id_token": {"sub": {"values": 5}}}' }, 'invalid_request'],
    [{ claims: '{"userinfo": {"sub": {"values": {"includes": 1}}}}' }, 'invalid_request'],
    [{ claims: '{"id_token": {"acr": {"values": "urn:authly:acr:mfa"}}}' }, 'invalid_request'],
    [{ claims: '{"id_token": {"acr": {"essential": "yes"}}}' }, 'invalid_request'],
    [{ claims: '{"userinfo": {"unknown": []}}' }, 'invalid_request'],
    [{ id_token_hint: 'a.b.c' }, 'invalid_request'],
    [{ request: 'x.y.z' }, 'request_not_supported'],
    [{ request_uri: 'https://app.example/request' }, 'request_uri_not_supported'],
    [{ request: 'x.y.z', request_uri: 'https://app.example/request' }, 'invalid_request'],
    [{ resource: 'not-a-uri' }, 'invalid_target'],
    [{ resource: 'https://api.example/#x' }, 'invalid_target'],
    [{ state: 's'.repeat(3000) }, 'invalid_request'],
  ] as [Record<string, string | undefined>, string][])(
    '%j is answered with %s by redirect, with state and iss',
    async (change, error) => {
      const answer = answered(await ask(change));
      expect(answer.get('error')).toBe(error);
      expect(answer.get('iss')).toBe(server.url);
      expect(answer.get('state')).toBe((change.state ?? 'xyz').slice(0, 2048));
      expect(answer.get('code')).toBeNull();
      expect(answer.getAll('iss')).toHaveLength(1);
      expect(answer.get('error_description')).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    },
  );

  // @attack switched-off flow coerced (CVE-2026-7571)
  // @check 45
  it('are refused for a client that may not use the flow', async () => {
    const machine = await server.given.client({ grantTypes: ['client_credentials'] });
    expect(answered(await ask({ client_id: machine.clientId })).get('error')).toBe('unauthorized_client');
  });

  // @check 41, 42, 54
  it('that are empty are absent, unknown ones are ignored, and those about display are accepted', async () => {
    const answer = answered(await ask({ state: '', prompt: 'none', unknown: 'x' }));
    expect(answer.has('state')).toBe(false);
    const page = await ask({
      display: 'touch',
      ui_locales: 'de fr',
      claims_locales: 'de',
      login_hint: 'ann',
      acr_values: 'urn:x',
      nonce: 'n',
      prompt: '',
      max_age: '',
    });
    expect(page.status).toBe(303);
  });

  // @check 44
  it('without scope ask for the default scopes', async () => {
    const signedIn = await server.given.signedIn(user);
    const open = await server.given.client({ scopes: ['profile', 'read'] });
    const page = await signedIn.follow(await ask({ client_id: open.clientId, scope: undefined }, signedIn));
    expect(page.body).toContain('id="consent-form"');
    expect(page.body).toContain('data-scope="profile"');
    expect(page.body).not.toContain('data-scope="read"');
  });

  // @check 26
  it('may come by POST, also from another site, and the session still counts', async () => {
    const signedIn = await server.given.signedIn(user);
    const first = await signedIn.post(`${server.url}/api/v1/oauth/authorize`, parameters(), {
      origin: 'https://app.example',
    });
    expect(first.status).toBe(303);
    const page = await signedIn.follow(first);
    expect(page.body).toContain('id="consent-form"');
  });

  // @check 24, 68
  it('are read from GET and POST only, and no other origin may read the answer', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
      const response = await fetch(authorizeUrl(server.url, parameters()), { method, redirect: 'manual' });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, POST');
    }
    const page = await agent.get(authorizeUrl(server.url, parameters()), { origin: 'https://spa.example' });
    expect(page.headers.has('access-control-allow-origin')).toBe(false);
  });

  // @check 67
  it.each(['%00', '%0d%0aSet-Cookie:%20x=1', '%ff%fe', '%ED%A0%80', '%zz', '\u202e'])(
    'with %j are refused, never a 500 and never a header',
    async (value) => {
      const page = await agent.get(`${authorizeUrl(server.url, parameters({ state: undefined }))}&state=${value}`);
      expect(page.status).toBeLessThan(500);
      expect(page.headers.get('set-cookie') ?? '').not.toContain('x=1');
    },
  );

  // @check 67
  it('of 64 KiB are refused', async () => {
    const response = await fetch(`${authorizeUrl(server.url, parameters())}&x=${'y'.repeat(65_536)}`, {
      redirect: 'manual',
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });
});

describe('prompt and max_age', () => {
  // @check 47, 66
  it('prompt=none without a session is login_required', async () => {
    expect(answered(await ask({ prompt: 'none' })).get('error')).toBe('login_required');
  });

  // @check 48
  it('prompt=none with a session but no consent is consent_required, and then gives a code', async () => {
    const someone = await server.given.user();
    const signedIn = await server.given.signedIn(someone);
    expect(answered(await ask({ prompt: 'none' }, signedIn)).get('error')).toBe('consent_required');
    await server.given.code({ user: someone, client, agent: signedIn, scope: 'openid profile' });
    expect(answered(await ask({ prompt: 'none' }, signedIn)).get('code')).toBeTruthy();
  });

  // @attack re-authentication skipped (OIDC Core §3.1.2.1)
  // @check 50
  it('prompt=login asks for the password although there is a session, and renews auth_time', async () => {
    const someone = await server.given.user();
    const before = await server.given.tokens({ user: someone, client });
    server.clock.advance(100);
    const page = await before.agent.follow(await ask({ prompt: 'login' }, before.agent));
    expect(page.body).toContain('id="login-form"');
    const skipped = await before.agent.get(page.url.replace('/login?', '/consent?'));
    expect(skipped.location ?? '').not.toContain('code=');
    const done = await before.agent.submit(page, 'login-form', {
      username: someone.user.username,
      password: someone.password,
    });
    expect(answered(done).get('code')).toBeTruthy();
    const session = await server.context.store.sessions.listOf(someone.user.id, {
      limit: 1,
      offset: 0,
      now: server.clock.now(),
    });
    expect(session[0]?.authTime).toEqual(server.clock.now());
  });

  // @check 51
  it('prompt=consent shows consent again, prompt=select_account offers another account', async () => {
    const someone = await server.given.user();
    const { agent: signedIn } = await server.given.tokens({ user: someone, client, scope: 'openid profile' });
    server.clock.advance(1);
    expect((await signedIn.follow(await ask({ prompt: 'consent' }, signedIn))).body).toContain('id="consent-form"');
    const choice = await signedIn.follow(await ask({ prompt: 'select_account' }, signedIn));
    expect(choice.body).toContain('id="select-account-form"');
    expect(
      answered(await signedIn.submit(choice, 'select-account-form', { decision: 'continue' })).get('code'),
    ).toBeTruthy();
    const other = await signedIn.submit(
      await signedIn.follow(await ask({ prompt: 'select_account' }, signedIn)),
      'select-account-form',
      { decision: 'switch' },
    );
    expect(other.body).toContain('id="login-form"');
  });

  // @attack re-authentication skipped (OIDC Core §3.1.2.1)
  // @check 52
  it('max_age asks again once the sign-in is older, and max_age=0 always', async () => {
    const someone = await server.given.user();
    const { agent: signedIn } = await server.given.tokens({ user: someone, client, scope: 'openid profile' });
    server.clock.advance(50);
    expect(answered(await ask({ max_age: '60' }, signedIn)).get('code')).toBeTruthy();
    server.clock.advance(20);
    expect(answered(await ask({ max_age: '60', prompt: 'none' }, signedIn)).get('error')).toBe('login_required');
    expect((await signedIn.follow(await ask({ max_age: '60' }, signedIn))).body).toContain('id="login-form"');
    const page = await signedIn.follow(await ask({ max_age: '0' }, signedIn));
    expect(page.body).toContain('id="login-form"');
    const done = await signedIn.submit(page, 'login-form', {
      username: someone.user.username,
      password: someone.password,
    });
    expect(answered(done).get('code')).toBeTruthy();
  });

  // @check 53
  it('id_token_hint of another person is login_required with prompt=none; an expired one of the same person is fine', async () => {
    const someone = await server.given.user();
    const other = await server.given.user();
    const mine = await server.given.tokens({ user: someone, client, scope: 'openid profile' });
    const theirs = await server.given.tokens({ user: other, client, scope: 'openid profile' });
    expect(answered(await ask({ prompt: 'none', id_token_hint: theirs.id_token ?? '' }, mine.agent)).get('error')).toBe(
      'login_required',
    );
    server.clock.advance(3600);
    expect(
      answered(await ask({ prompt: 'none', id_token_hint: mine.id_token ?? '' }, mine.agent)).get('code'),
    ).toBeTruthy();
    const forged = `${(mine.id_token ?? '').slice(0, -4)}AAAA`;
    expect(answered(await ask({ prompt: 'none', id_token_hint: forged }, mine.agent)).get('error')).toBe(
      'invalid_request',
    );
    expect(answered(await ask({ prompt: 'none', id_token_hint: mine.access_token }, mine.agent)).get('error')).toBe(
      'invalid_request',
    );
  });

  // @check 55
  it('an essential acr that cannot be reached is refused, a wished one is not', async () => {
    const signedIn = await server.given.signedIn(user);
    const essential = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:gold'] } } });
    expect(answered(await ask({ claims: essential }, signedIn)).get('error')).toBe('unmet_authentication_requirements');
    expect((await ask({ acr_values: 'urn:gold' }, signedIn)).status).toBe(303);
  });

  // @check 56
  it.each(['{"id_token":{"sub":{"values":5}}}', '{"userinfo":{"sub":{"values":null}}}'])(
    'claims that are not what they should be are refused, whoever is signed in: %s',
    async (claims) => {
      const signedIn = await server.given.signedIn(user);
      expect(answered(await ask({ claims }, signedIn)).get('error')).toBe('invalid_request');
    },
  );

  it('the claims parameter can name the person', async () => {
    const someone = await server.given.user();
    const { agent: signedIn } = await server.given.tokens({ user: someone, client, scope: 'openid profile' });
    const named = (sub: string): string => JSON.stringify({ id_token: { sub: { value: sub } } });
    expect(answered(await ask({ prompt: 'none', claims: named(user.user.id) }, signedIn)).get('error')).toBe(
      'login_required',
    );
  });
});
