import type { TokenResponse } from '@authly/oauth';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, type GivenClient, type GivenUser, authorizeUrl, redeem, refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

/** What access tokens can be for, where only what is registered will do. */

const NOTES = 'https://notes.example';
const MAIL = 'https://mail.example/mcp';
const CLOSED = 'https://closed.example/';

let server: TestServer;
let user: GivenUser;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer({ settings: { 'resources.policy': 'registered' } });
  user = await server.given.user();
  client = await server.given.client();
  await server.given.resource(NOTES, {
    scopes: ['notes:read', 'notes:write', 'search'],
    defaultScopes: ['notes:read'],
    isOpen: true,
    tokenLifetime: 120,
  });
  await server.given.resource(MAIL, { scopes: ['mail:read', 'search'], defaultScopes: ['mail:read'], isOpen: true });
  await server.given.resource(CLOSED, { scopes: ['closed:read'], defaultScopes: ['closed:read'] });
});
afterAll(() => server.stop());

const ask = (scope: string | undefined, parameters: Record<string, string> = {}) =>
  server.given.code({ user, client, scope: scope ?? '', parameters });

async function answer(response: Response): Promise<TokenResponse & { error?: string }> {
  return (await response.json()) as TokenResponse & { error?: string };
}

/** The error that an authorization request is answered with. */
async function refusal(parameters: Record<string, string>): Promise<string | null> {
  const agent = await server.given.signedIn(user);
  const asked = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const page = await agent.follow(await agent.get(authorizeUrl(server.url, asked)));
  return page.location === undefined ? null : new URL(page.location).searchParams.get('error');
}

describe('a resource', () => {
  // @check 63
  it('that nobody registered is refused, and one that is not for this client', async () => {
    expect(await refusal({ resource: 'https://unknown.example/' })).toBe('invalid_target');
    expect(await refusal({ resource: CLOSED })).toBe('invalid_target');
    for (const resource of ['javascript:alert(1)', 'urn:x:y', 'relative', 'https://notes.example/#part'])
      expect(await refusal({ resource }), resource).toBe('invalid_target');
  });

  // @check 147, 270
  // MCP python-sdk#2578, typescript-sdk#1968: clients send both spellings, and servers compare bytes
  it('is found in another spelling, and aud has the registered one', async () => {
    for (const resource of ['https://notes.example/', 'HTTPS://NOTES.example:443', NOTES]) {
      const tokens = await answer(await redeem(server.url, client, await ask(undefined, { resource })));
      expect(decodeJwt(tokens.access_token), resource).toMatchObject({ aud: NOTES, scope: 'notes:read' });
      expect(tokens.expires_in).toBe(120);
    }
    expect(await refusal({ resource: 'https://notes.example/other' })).toBe('invalid_target');
  });

  it('named without a scope means its default scopes: not all, and nothing of the profile', async () => {
    const tokens = await answer(await redeem(server.url, client, await ask(undefined, { resource: MAIL })));
    expect(tokens.scope).toBe('mail:read');
  });

  it('is meant by a scope that it alone has; two that fit are told apart by nobody', async () => {
    const tokens = await answer(await redeem(server.url, client, await ask('openid notes:write')));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: NOTES, scope: 'openid notes:write' });
    expect(await refusal({ scope: 'search' })).toBe('invalid_target');
    expect(await refusal({ scope: 'mail:read', resource: NOTES })).toBe('invalid_scope');
    expect(await refusal({ scope: 'closed:read' })).toBe('invalid_scope');
  });

  // breeze#2363: a wrong target must not end the login
  it('that was not granted burns neither code nor refresh token', async () => {
    const run = await ask('openid notes:read offline_access', { resource: NOTES });
    for (const resource of [MAIL, 'https://unknown.example/'])
      expect(await answer(await redeem(server.url, client, run, { resource }))).toMatchObject({
        error: 'invalid_target',
      });
    const tokens = await answer(await redeem(server.url, client, run, { resource: 'https://notes.example/' }));
    const secret = tokens.refresh_token ?? '';
    expect(await answer(await refreshWith(server.url, client, secret, { resource: MAIL }))).toMatchObject({
      error: 'invalid_target',
    });
    // codex#33403: nothing named means the one that was granted
    expect(decodeJwt((await answer(await refreshWith(server.url, client, secret))).access_token).aud).toBe(NOTES);
  });

  // @check 158
  it('is one for each token, of several that were granted', async () => {
    const parameters = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid notes:read mail:read',
      code_challenge: server.context.hashing.sha256('v'.repeat(43)).toString('base64url'),
      code_challenge_method: 'S256',
    });
    for (const resource of [NOTES, MAIL]) parameters.append('resource', resource);
    const agent = await server.given.signedIn(user);
    const page = await agent.follow(await agent.get(`${server.url}/api/v1/oauth/authorize?${parameters.toString()}`));
    const done = page.body.includes('id="consent-form"')
      ? await agent.submit(page, 'consent-form', { decision: 'allow' })
      : page;
    const code = new URL(done.location ?? '').searchParams.get('code') ?? '';
    const run = { code, verifier: 'v'.repeat(43), redirectUri: CALLBACK };
    expect(await answer(await redeem(server.url, client, run))).toMatchObject({ error: 'invalid_target' });
    const tokens = await answer(await redeem(server.url, client, run, { resource: MAIL }));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: MAIL, scope: 'openid mail:read' });
    const next = await answer(await refreshWith(server.url, client, tokens.refresh_token ?? '', { resource: NOTES }));
    expect(decodeJwt(next.access_token)).toMatchObject({ aud: NOTES, scope: 'openid notes:read' });
  });

  it('is UserInfo too, where openid was granted', async () => {
    const tokens = await server.given.tokens({ user, client, scope: 'openid email notes:read offline_access' });
    const userInfo = (token: string) =>
      fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect((await userInfo(tokens.access_token)).status).toBe(401);
    const own = await answer(
      await refreshWith(server.url, client, tokens.refresh_token ?? '', { resource: server.url }),
    );
    expect(own.scope).toBe('openid email offline_access');
    expect(((await (await userInfo(own.access_token)).json()) as { email: string }).email).toBe(user.user.email);
  });

  it('that is gone ends only its own tokens', async () => {
    const identifier = 'https://gone.example/';
    const { id } = await server.given.resource(identifier, { scopes: ['gone'], defaultScopes: ['gone'], isOpen: true });
    const tokens = await server.given.tokens({ user, client, scope: 'openid gone offline_access' });
    const secret = tokens.refresh_token ?? '';
    await server.context.store.resources.remove(id, {});
    expect(await answer(await refreshWith(server.url, client, secret))).toMatchObject({ error: 'invalid_target' });
    const own = await answer(await refreshWith(server.url, client, secret, { resource: server.url }));
    expect(decodeJwt(own.access_token).aud).toBe(server.url);
  });

  it('that is this server itself changes nothing of what a machine gets that names no scope', async () => {
    await server.given.scope('machine:run');
    const machine = await server.given.client({ scopes: ['openid', 'machine:run'] });
    const forms: Record<string, string>[] = [{}, { resource: server.url }];
    for (const form of forms) {
      const asked = { ...form, grant_type: 'client_credentials' };
      const tokens = await answer(await server.post('/api/v1/oauth/token', asked, machine.basic));
      expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: server.url, scope: 'machine:run' });
    }
  });

  it('is for a machine, too', async () => {
    const form = { grant_type: 'client_credentials', resource: 'https://mail.example/mcp' };
    const tokens = await answer(await server.post('/api/v1/oauth/token', form, client.basic));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: MAIL, scope: 'mail:read' });
    const other = { ...form, resource: CLOSED };
    expect(await answer(await server.post('/api/v1/oauth/token', other, client.basic))).toMatchObject({
      error: 'invalid_target',
    });
  });

  // @check 90
  it('is part of what is consented to: another one is asked about', async () => {
    const fresh = await server.given.client();
    const stranger = await server.given.user();
    const agent = await server.given.signedIn(stranger);
    await server.given.code({
      user: stranger,
      client: fresh,
      agent,
      scope: 'openid',
      parameters: { resource: server.url },
    });
    const asked = {
      response_type: 'code',
      client_id: fresh.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid',
      resource: NOTES,
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    };
    const page = await agent.follow(await agent.get(authorizeUrl(server.url, asked)));
    expect(page.body).toContain('id="consent-form"');
  });

  // @check 18
  it('that is open lends its scopes to discovery, which lists nothing that a stranger may not ask', async () => {
    const metadata = (await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json()) as {
      scopes_supported: string[];
    };
    expect([...metadata.scopes_supported].sort()).toEqual([
      'email',
      'mail:read',
      'notes:read',
      'notes:write',
      'offline_access',
      'openid',
      'profile',
      'search',
    ]);
  });
});
