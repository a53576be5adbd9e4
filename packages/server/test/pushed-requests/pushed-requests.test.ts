import { randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator } from '../admin/caller.js';
import type { Agent, Page } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { createProver } from '../support/prover.js';
import { startServer, type TestServer } from '../support/server.js';

/** Authorization requests that a client sends beforehand, from server to server. @spec RFC 9126 */

let server: TestServer;
let user: GivenUser;
let app: GivenClient;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user();
  app = await server.given.client({ skipsConsent: true });
});
afterAll(() => server.stop());

const PAR = '/api/v1/oauth/par';
const verifier = randomBytes(32).toString('base64url');

function question(changes: Record<string, string> = {}): Record<string, string> {
  return {
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    state: 'pushed',
    code_challenge: server.context.hashing.sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
}

interface Pushed {
  readonly status: number;
  readonly headers: Headers;
  readonly request_uri: string;
  readonly expires_in: number;
  readonly error?: string;
}

async function push(
  changes: Record<string, string> = {},
  client: GivenClient = app,
  headers: Record<string, string> = client.basic,
): Promise<Pushed> {
  const response = await server.post(PAR, question(changes), headers);
  return { ...((await response.json()) as Pushed), status: response.status, headers: response.headers };
}

function open(agent: Agent, requestUri: string, client = app, more: Record<string, string> = {}): Promise<Page> {
  return agent.get(authorizeUrl(server.url, { client_id: client.clientId, request_uri: requestUri, ...more }));
}

function answerIn(page: Page): URLSearchParams {
  return new URL(page.location ?? 'https://nowhere.example').searchParams;
}

// @check 12
it('discovery names the endpoint, and says whether every client must use it', async () => {
  const document = (await (await fetch(`${server.url}/.well-known/openid-configuration`)).json()) as object;
  expect(document).toMatchObject({
    pushed_authorization_request_endpoint: `${server.url}${PAR}`,
    require_pushed_authorization_requests: false,
  });
});

describe('a request that is pushed', () => {
  // @check 94, 100, 104
  it('gets an address that nobody can guess, with which alone the login goes on', async () => {
    const pushed = await push();
    expect([pushed.status, pushed.expires_in]).toEqual([201, 90]);
    expect(pushed.headers.get('cache-control')).toBe('no-cache, no-store');
    expect(pushed.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
    expect((await push()).request_uri).not.toBe(pushed.request_uri);
    const agent = await server.given.signedIn(user);
    const done = await open(agent, pushed.request_uri, app, {
      scope: 'openid write',
      state: 'other',
      redirect_uri: 'x',
    });
    expect(done.location).toMatch(/^https:\/\/app\.example\/callback\?/);
    expect(answerIn(done).get('state')).toBe('pushed');
    const tokens = await server.post(
      '/api/v1/oauth/token',
      { grant_type: 'authorization_code', code: answerIn(done).get('code') ?? '', code_verifier: verifier },
      app.basic,
    );
    expect(await tokens.json()).toMatchObject({ scope: 'openid profile' });
  });

  // @check 95
  it('comes from a client that proves itself as at the token endpoint, or names itself where it is public', async () => {
    const wrong = { authorization: `Basic ${Buffer.from(`${app.clientId}:wrong`).toString('base64')}` };
    expect(await push({}, app, wrong)).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await push({}, app, {})).toMatchObject({ status: 401, error: 'invalid_client' });
    const spa = await server.given.client({ type: 'public' });
    expect(await push({ client_id: spa.clientId }, spa)).toMatchObject({ status: 201 });
    expect(await push({ client_id: app.clientId }, app, {})).toMatchObject({ error: 'invalid_client' });
  });

  // @check 96, 97, 98
  it.each<[string, Record<string, string>, string]>([
    ['that names another one', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['to an address that is not registered', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['without PKCE', { code_challenge: '' }, 'invalid_request'],
    ['for a scope that nobody knows', { scope: 'openid nothing' }, 'invalid_scope'],
    ['for a resource that is no address', { resource: 'not an address' }, 'invalid_target'],
    ['for another kind of answer', { response_type: 'token' }, 'unsupported_response_type'],
    ['that is not to be shown and to be shown', { prompt: 'none login' }, 'invalid_request'],
    ['for another client', { client_id: 'another' }, 'invalid_request'],
    [
      'that asks too much',
      { claims: JSON.stringify({ userinfo: { x: { value: 'y'.repeat(8000) } } }) },
      'invalid_request',
    ],
  ])('%s is refused at once, to the client', async (_, changes, error) => {
    expect(await push(changes)).toMatchObject({ status: 400, error });
  });

  // @check 97
  it('is a form of a size that can be read', async () => {
    expect((await fetch(`${server.url}${PAR}`, { headers: app.basic })).status).toBe(405);
    const init = { method: 'POST', headers: { ...app.basic, 'content-type': 'application/json' }, body: '{}' };
    expect((await fetch(`${server.url}${PAR}`, init)).status).toBe(400);
    expect((await push({ state: 'x'.repeat(66_000) })).status).toBe(413);
    expect((await push({ state: 'x'.repeat(3000) })).status).toBe(400);
  });

  // @check 105
  it('is bound to the key of its proof, or to the one that it names; they must agree', async () => {
    const [own, other] = [await createProver(server), await createProver(server)];
    const proof = () => own.proof({ url: PAR });
    expect(await push({ dpop_jkt: other.thumbprint }, app, { ...app.basic, dpop: await proof() })).toMatchObject({
      status: 400,
      error: 'invalid_dpop_proof',
    });
    const pushed = await push({ dpop_jkt: own.thumbprint }, app, { ...app.basic, dpop: await proof() });
    const byProof = await push({}, app, { ...app.basic, dpop: await proof() });
    for (const { request_uri } of [pushed, byProof]) {
      const done = await open(await server.given.signedIn(user), request_uri);
      const form = {
        grant_type: 'authorization_code',
        code: answerIn(done).get('code') ?? '',
        code_verifier: verifier,
      };
      const redeem = async (by: typeof own) =>
        (await server.post('/api/v1/oauth/token', form, { ...app.basic, dpop: await by.proof() })).status;
      expect(await redeem(other)).toBe(400);
      expect(await redeem(own)).toBe(200);
    }
    const asked = await push({}, app, {
      ...app.basic,
      dpop: await own.proof({ url: PAR, claims: { iat: 1 } }),
    });
    expect(asked).toMatchObject({ status: 400, error: 'use_dpop_nonce' });
    expect(asked.headers.get('dpop-nonce')).not.toBeNull();
  });
});

describe('its address', () => {
  // @check 101, 103
  it.each<[string, () => Promise<[string, GivenClient]>]>([
    ['of another client', async () => [(await push()).request_uri, await server.given.client()]],
    ['that nobody was given', async () => ['urn:ietf:params:oauth:request_uri:none', app]],
    [
      'that has expired',
      async () => {
        const { request_uri } = await push();
        server.clock.advance(91);
        return [request_uri, app];
      },
    ],
  ])('%s leads to a page, and nowhere else', async (_, address) => {
    const [uri, client] = await address();
    const page = await open(await server.given.signedIn(user), uri, client);
    expect([page.status, page.location]).toEqual([400, undefined]);
    expect(page.body).toContain('invalid_request_uri');
  });

  // @check 102
  // keycloak/keycloak#36716: used up by opening the page once
  it('can be opened again, in another browser too, until one of them has a code', async () => {
    const { request_uri } = await push();
    const stranger = await open(await server.given.signedIn(await server.given.user()), request_uri, app, {});
    expect(answerIn(stranger).get('code')).not.toBeNull();
    const again = await open(await server.given.signedIn(user), request_uri);
    expect([again.status, again.location]).toEqual([400, undefined]);

    const second = await push({ prompt: 'login' });
    const agent = await server.given.signedIn(user);
    const [one, other] = [await open(agent, second.request_uri), await open(agent, second.request_uri)];
    expect([one.location, other.location]).toEqual([
      expect.stringContaining('/login?'),
      expect.stringContaining('/login?'),
    ]);
  });

  // @check 102
  it('brings one code, however many tabs finish at the same moment', async () => {
    const { request_uri } = await push();
    const agents = await Promise.all(Array.from({ length: 8 }, () => server.given.signedIn(user)));
    const pages = await Promise.all(agents.map((agent) => open(agent, request_uri)));
    expect(pages.filter((page) => answerIn(page).get('code') !== null)).toHaveLength(1);
    expect(pages.filter((page) => page.status === 400)).toHaveLength(7);
  });

  // @check 103
  // keycloak/keycloak#51761: the 90 seconds ended the login
  it('has a time limit for the start of the login alone', async () => {
    const { request_uri } = await push({ prompt: 'login' });
    const agent = await server.given.signedIn(user);
    const page = await agent.follow(await open(agent, request_uri));
    server.clock.advance(1200);
    const done = await agent.submit(page, 'login-form', { username: user.user.username, password: user.password });
    expect(answerIn(await agent.follow(done)).get('code')).not.toBeNull();
  });

  it('leads nowhere once the client has lost the redirect address', async () => {
    const changing = await server.given.client({ skipsConsent: true });
    const { request_uri } = await push({}, changing);
    const admin = await administrator(server);
    await admin.call('updateClient', {
      params: { client_id: changing.clientId },
      body: { redirect_uris: ['https://app.example/new'] },
    });
    const page = await open(await server.given.signedIn(user), request_uri, changing);
    expect([page.status, page.location]).toEqual([400, undefined]);
  });
});

describe('a client that must push', () => {
  // @check 62, 106
  it('gets a plain request back, and its operator is told how to allow it', async () => {
    const strict = await server.given.client({ requirePushedAuthorizationRequests: true, skipsConsent: true });
    const agent = await server.given.signedIn(user);
    const plain = await agent.get(authorizeUrl(server.url, { ...question(), client_id: strict.clientId }));
    expect(answerIn(plain).get('error')).toBe('invalid_request');
    const { request_uri } = await push({}, strict);
    expect(answerIn(await open(agent, request_uri, strict)).get('code')).not.toBeNull();
    // panva/node-oidc-provider 9.6.1: other grants were held to it as well
    const machine = await server.post('/api/v1/oauth/token', { grant_type: 'client_credentials' }, strict.basic);
    expect(machine.status).toBe(200);
    const admin = await administrator(server);
    const why = await admin.call('listAuditEvents', { query: { client_id: strict.clientId } as never });
    expect(JSON.stringify(why.body)).toContain('par_missing');
  });

  // @check 62
  it('is every client where the server says so', async () => {
    const closed = await startServer({ settings: { 'authorization.require_par': true } });
    try {
      const document = (await (await fetch(`${closed.url}/.well-known/openid-configuration`)).json()) as object;
      expect(document).toMatchObject({ require_pushed_authorization_requests: true });
      const any = await closed.given.client();
      const page = await (await closed.given.signedIn(await closed.given.user())).get(
        authorizeUrl(closed.url, { ...question(), client_id: any.clientId }),
      );
      expect(answerIn(page).get('error')).toBe('invalid_request');
    } finally {
      await closed.stop();
    }
  });
});

it('openid-client pushes with a bound key and gets bound tokens', async () => {
  const config = await oidc.discovery(
    new URL(server.url),
    app.clientId,
    app.secret,
    oidc.ClientSecretBasic(app.secret),
    {
      execute: [oidc.allowInsecureRequests],
    },
  );
  const skew = Math.round((server.clock.now().getTime() - Date.now()) / 1000);
  const own = new oidc.Configuration(
    config.serverMetadata(),
    app.clientId,
    { client_secret: app.secret, [oidc.clockSkew]: skew, [oidc.clockTolerance]: 600 },
    oidc.ClientSecretBasic(app.secret),
  );
  oidc.allowInsecureRequests(own);
  const DPoP = oidc.getDPoPHandle(own, await oidc.randomDPoPKeyPair());
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const parameters = question({ code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier) });
  const url = await oidc.buildAuthorizationUrlWithPAR(own, parameters, { DPoP });
  expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
  const done = await (await server.given.signedIn(user)).get(url.href);
  const checks = { pkceCodeVerifier, expectedState: 'pushed' };
  const tokens = await oidc.authorizationCodeGrant(own, new URL(done.location ?? ''), checks, {}, { DPoP });
  expect(tokens.token_type).toBe('dpop');
});
