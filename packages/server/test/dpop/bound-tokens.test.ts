import { randomUUID } from 'node:crypto';
import type { TokenResponse } from '@authly/oauth';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../challenge/program.js';
import { askForCode, connect } from '../device/device.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { createProver, type Prover, TOKEN } from '../support/prover.js';
import { startServer, type TestServer } from '../support/server.js';

/** What can be done with tokens, codes and refresh tokens that are bound to a key, and without it. */

let server: TestServer;
let user: GivenUser;
let app: GivenClient;
let spa: GivenClient;
let prover: Prover;
let thief: Prover;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user({ isAdmin: true });
  app = await server.given.client();
  spa = await server.given.client({ type: 'public', grantTypes: ['authorization_code', 'refresh_token'] });
  prover = await createProver(server);
  thief = await createProver(server);
});
afterAll(() => server.stop());

type Answered = Partial<TokenResponse> & { readonly status: number; readonly error?: string };

async function tokenRequest(
  client: GivenClient,
  form: Record<string, string>,
  by?: Prover | { readonly dpop: string },
): Promise<Answered> {
  const dpop = by === undefined ? undefined : 'dpop' in by ? by.dpop : await by.proof();
  const named = client.secret === '' ? { client_id: client.clientId, ...form } : form;
  const response = await server.post(TOKEN, named, { ...client.basic, ...(dpop !== undefined && { dpop }) });
  return { ...((await response.json()) as TokenResponse), status: response.status };
}

async function login(client: GivenClient, by?: Prover, parameters: Record<string, string> = {}) {
  const run = await server.given.code({ user, client, parameters });
  const form = {
    grant_type: 'authorization_code',
    code: run.code,
    redirect_uri: run.redirectUri,
    code_verifier: run.verifier,
  };
  return { form, redeem: (other: Prover | undefined = by) => tokenRequest(client, form, other) };
}

const USERINFO = '/oidc/userinfo';

async function useToken(headers: Record<string, string>, path = USERINFO, method = 'GET') {
  const response = await fetch(`${server.url}${path}`, { method, headers });
  return { status: response.status, challenge: response.headers.get('www-authenticate') ?? '', response };
}

describe('a bound token', () => {
  // @check 190, 193, 194
  it('opens what it opens with a proof for this very request, and nothing without', async () => {
    const { access_token: token = '' } = await (await login(app, prover)).redeem();
    expect((await useToken(await prover.headers(token, USERINFO))).status).toBe(200);
    const bearer = await useToken({ authorization: `Bearer ${token}` });
    expect([bearer.status, bearer.challenge]).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token"/)]);
    const refused: [Record<string, string>, string][] = [
      [{ authorization: `DPoP ${token}` }, 'invalid_dpop_proof'],
      [await thief.headers(token, USERINFO), 'invalid_token'],
      [await prover.headers(token, USERINFO, { claims: { ath: undefined } }), 'invalid_dpop_proof'],
      [await prover.headers(token, USERINFO, { claims: { ath: 'other' } }), 'invalid_dpop_proof'],
      [await prover.headers(token, '/oidc/logout'), 'invalid_dpop_proof'],
      [await prover.headers(token, USERINFO, { method: 'POST' }), 'invalid_dpop_proof'],
      [await prover.headers(`${token}x`, USERINFO), 'invalid_token'],
    ];
    for (const [headers, error] of refused) {
      const answer = await useToken(headers);
      expect([answer.status, answer.challenge]).toEqual([401, expect.stringContaining(`DPoP error="${error}"`)]);
      expect(answer.challenge).toContain('algs="ES256');
    }
    const once = await prover.headers(token, USERINFO);
    expect((await useToken(once)).status).toBe(200);
    expect((await useToken(once)).challenge).toContain('invalid_dpop_proof');
  });

  // @check 195
  it('is found whatever the case of its scheme', async () => {
    const { access_token: token = '' } = await (await login(app, prover)).redeem();
    for (const scheme of ['dpop', 'DPOP', 'dPoP'])
      expect(
        (await useToken({ ...(await prover.headers(token, USERINFO)), authorization: `${scheme} ${token}` })).status,
      ).toBe(200);
  });

  // @check 190
  it('is asked for a nonce with a challenge, and accepted with it', async () => {
    const { access_token: token = '' } = await (await login(app, prover)).redeem();
    const iat = Math.floor(server.clock.now().getTime() / 1000) - 900;
    const asked = await useToken(await prover.headers(token, USERINFO, { claims: { iat } }));
    expect([asked.status, asked.challenge]).toEqual([401, expect.stringMatching(/^DPoP error="use_dpop_nonce"/)]);
    const nonce = asked.response.headers.get('dpop-nonce') ?? '';
    expect((await useToken(await prover.headers(token, USERINFO, { nonce, claims: { iat } }))).status).toBe(200);
  });

  // @check 194
  // duende CVE-2024-49755: bound tokens passed without proof, and the other way round
  it('is the only kind that DPoP takes: unbound tokens and API keys are refused with it', async () => {
    const { access_token: unbound = '' } = await (await login(app)).redeem();
    expect((await useToken(await prover.headers(unbound, USERINFO))).challenge).toMatch(/^DPoP error="invalid_token"/);
    expect((await useToken({ authorization: `Bearer ${unbound}` })).status).toBe(200);
    const key = 'authly_pat_none';
    expect((await useToken(await prover.headers(key, USERINFO))).status).toBe(401);
  });

  it('in a form is refused: a form carries no proof of it', async () => {
    const { access_token: token = '' } = await (await login(app, prover)).redeem();
    const response = await server.post(USERINFO, { access_token: token });
    expect(response.status).toBe(401);
  });

  it('needs its proof at the admin API, at the own API of people, and where it asks about tokens', async () => {
    const { access_token: token = '' } = await tokenRequest(
      { clientId: 'authly', secret: '', basic: {} } as unknown as GivenClient,
      {
        grant_type: 'password',
        username: user.user.username,
        password: user.password,
        scope: 'openid admin:users:read',
      },
      prover,
    );
    for (const path of ['/admin/users', '/api/v1/users/me', '/api/v1/auth/password-status']) {
      const proved = await useToken(await prover.headers(token, path), path);
      expect([path, proved.status]).toEqual([path, 200]);
      expect((await useToken({ authorization: `Bearer ${token}` }, path)).status).toBe(401);
      expect((await useToken(await thief.headers(token, path), path)).status).toBe(401);
    }
    const ask = async (headers: Record<string, string>) =>
      (await server.post('/api/v1/oauth/introspect', { token }, headers)).status;
    const wish = { method: 'POST' };
    expect(await ask(await prover.headers(token, '/api/v1/oauth/introspect', wish))).toBe(200);
    expect(await ask({ authorization: `Bearer ${token}` })).toBe(401);
    expect(await ask(await thief.headers(token, '/api/v1/oauth/introspect', wish))).toBe(401);
  });
});

describe('a request without a token', () => {
  // @check 209
  it('is told of both schemes, Bearer first', async () => {
    expect((await useToken({})).challenge).toMatch(/^Bearer, DPoP algs="/);
  });
});

describe('a code', () => {
  // @check 189
  it('is not used up by a request that is asked for a nonce', async () => {
    const { form } = await login(app);
    const iat = Math.floor(server.clock.now().getTime() / 1000) - 900;
    const dpop = await prover.proof({ claims: { iat } });
    expect(await tokenRequest(app, form, { dpop })).toMatchObject({ status: 400, error: 'use_dpop_nonce' });
    expect(await tokenRequest(app, form, prover)).toMatchObject({ status: 200, token_type: 'DPoP' });
  });

  // @check 65, 197
  it('with dpop_jkt belongs to that key alone, and survives the attempts of others', async () => {
    const { redeem } = await login(spa, prover, { dpop_jkt: prover.thumbprint });
    expect(await redeem(thief)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await tokenRequest(spa, (await login(spa, prover, { dpop_jkt: prover.thumbprint })).form)).toMatchObject({
      status: 400,
      error: 'invalid_dpop_proof',
    });
    expect(await redeem(prover)).toMatchObject({ status: 200, token_type: 'DPoP' });
  });

  it('cannot be asked for with a dpop_jkt that is no thumbprint', async () => {
    const agent = await server.given.signedIn(user);
    const page = await agent.get(
      authorizeUrl(server.url, {
        client_id: app.clientId,
        redirect_uri: CALLBACK,
        response_type: 'code',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
        dpop_jkt: 'short',
      }),
    );
    expect(page.location).toMatch(/error=invalid_request.*dpop_jkt/);
  });

  it('of a login inside a program is bound to the key of its first request', async () => {
    const own = await program(server);
    const dpop = await prover.proof({ url: '/api/v1/oauth/authorize-challenge' });
    const { authorization_code: code = '' } = await own.send(
      {
        client_id: 'authly',
        response_type: 'code',
        username: user.user.username,
        password: user.password,
        scope: 'openid',
        code_challenge: server.context.hashing.sha256(own.verifier).toString('base64url'),
        code_challenge_method: 'S256',
      },
      { dpop },
    );
    const redeem = async (by: Prover) =>
      server.post(
        TOKEN,
        { client_id: 'authly', grant_type: 'authorization_code', code, code_verifier: own.verifier },
        { dpop: await by.proof() },
      );
    expect((await redeem(thief)).status).toBe(400);
    expect((await redeem(prover)).status).toBe(200);
  });
});

describe('a refresh token', () => {
  // @check 153, 159
  // keycloak/keycloak#36475: bound at the first use only
  it('of a public client stays bound to its key, at every refresh', async () => {
    let { refresh_token = '' } = await (await login(spa, prover)).redeem();
    for (let round = 0; round < 3; round += 1) {
      const form = { grant_type: 'refresh_token', refresh_token };
      expect(await tokenRequest(spa, form, thief)).toMatchObject({ status: 400, error: 'invalid_grant' });
      expect(await tokenRequest(spa, form)).toMatchObject({ status: 400, error: 'invalid_dpop_proof' });
      const next = await tokenRequest(spa, form, prover);
      expect(next).toMatchObject({ status: 200, token_type: 'DPoP' });
      refresh_token = next.refresh_token ?? '';
    }
  });

  // @check 159
  // DuendeSoftware/products#1641
  it('of a client that proves itself may go on with another key', async () => {
    const { refresh_token = '' } = await (await login(app, prover)).redeem();
    const next = await tokenRequest(app, { grant_type: 'refresh_token', refresh_token }, thief);
    expect(next).toMatchObject({ status: 200, token_type: 'DPoP' });
    expect((await useToken(await thief.headers(next.access_token ?? '', USERINFO))).status).toBe(200);
  });

  it('is answered again within the grace only to the same key', async () => {
    const { refresh_token = '' } = await (await login(app, prover)).redeem();
    const form = { grant_type: 'refresh_token', refresh_token };
    const first = await tokenRequest(app, form, prover);
    expect((await tokenRequest(app, form, prover)).refresh_token).toBe(first.refresh_token);
    expect(await tokenRequest(app, form, thief)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await tokenRequest(app, form, prover)).refresh_token).toBe(first.refresh_token);
  });

  it('is told of with its key, to its client', async () => {
    const { refresh_token = '' } = await (await login(spa, prover)).redeem();
    const said = await server.post('/api/v1/oauth/introspect', { token: refresh_token, client_id: spa.clientId });
    expect(await said.json()).toMatchObject({ active: true, cnf: { jkt: prover.thumbprint } });
  });
});

// @check 172
it('a device binds its tokens by the proof it polls with; being asked for a nonce is no poll', async () => {
  const device = await askForCode(server, app);
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code };
  const iat = Math.floor(server.clock.now().getTime() / 1000) - 900;
  for (let round = 0; round < 3; round += 1)
    expect(await tokenRequest(app, form, { dpop: await prover.proof({ claims: { iat } }) })).toMatchObject({
      error: 'use_dpop_nonce',
    });
  expect(await tokenRequest(app, form, prover)).toMatchObject({ error: 'authorization_pending' });
  await connect(await server.given.signedIn(user), device);
  server.clock.advance(10);
  expect(await tokenRequest(app, form, prover)).toMatchObject({ status: 200, token_type: 'DPoP' });
});

// @check 196
it('a client with dpop_bound_access_tokens gets no token without a proof, and its operator is told why', async () => {
  const bound = await server.given.client({ dpopBoundAccessTokens: true });
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const refused = await fetch(`${server.url}${TOKEN}`, { method: 'POST', headers: bound.basic, body: form });
  expect([refused.status, await refused.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_dpop_proof' }),
  ]);
  expect(await tokenRequest(bound, { grant_type: 'client_credentials' }, prover)).toMatchObject({ status: 200 });
  const { access_token: token = '' } = await tokenRequest(
    { clientId: 'authly', secret: '', basic: {} } as unknown as GivenClient,
    { grant_type: 'password', username: user.user.username, password: user.password, scope: 'admin:system:read' },
  );
  const why = await fetch(`${server.url}/admin/audit/why/${refused.headers.get('x-request-id')}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(JSON.stringify(await why.json())).toContain('--no-dpop-bound-access-tokens');
});

// @check 189
it('a client assertion is not used up by a request that is asked for a nonce, nor is that a failure of anybody', async () => {
  const key = await createProver(server);
  const service = await server.given.client({ authMethod: 'private_key_jwt', jwks: { keys: [{ ...key.jwk }] } });
  const now = Math.floor(server.clock.now().getTime() / 1000);
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(service.clientId)
    .setSubject(service.clientId)
    .setAudience(server.url)
    .setExpirationTime(now + 60)
    .sign(key.privateKey);
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  const before = server.logged().length;
  const ask = (dpop: string) => server.post(TOKEN, form, { dpop });
  const asked = await ask(await prover.proof({ claims: { iat: now - 900 } }));
  expect(await asked.json()).toMatchObject({ error: 'use_dpop_nonce' });
  expect(server.logged().slice(before)).not.toContain('refused');
  const nonce = asked.headers.get('dpop-nonce') ?? '';
  expect((await ask(await prover.proof({ nonce }))).status).toBe(200);
  expect((await ask(await prover.proof({ nonce }))).status).toBe(401);
});
