/** Applications that took part in a session are told of its end, whoever ended it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SessionId } from '@authly/oauth';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOGOUT_RETRY_SECONDS, sendLogoutToken } from '../../src/protocol/back-channel-logout.js';
import { createOutbound } from '../../src/platform/outbound/outbound.js';
import { administrator, type Caller } from '../admin/caller.js';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let admin: Caller;
let applications: Server;
let base: string;
/** What came at which path. */
let told: { readonly path: string; readonly token: string }[] = [];
let answers = 200;

beforeAll(async () => {
  applications = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      told.push({ path: request.url ?? '', token: new URLSearchParams(body).get('logout_token') ?? '' });
      response.writeHead(answers).end();
    });
  });
  await new Promise<void>((resolve) => applications.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(applications.address() as AddressInfo).port}`;
  server = await startServer();
  admin = await administrator(server);
  server.startMaintenance();
});
afterAll(async () => {
  applications.closeAllConnections();
  await new Promise((resolve) => applications.close(resolve));
  await server.stop();
});
beforeEach(() => {
  told = [];
  answers = 200;
});

const client = (path: string, more: object = {}): Promise<GivenClient> =>
  server.given.client({ backchannelLogoutUri: `${base}${path}`, ...more });

async function verify(token: string, to: GivenClient): Promise<Record<string, unknown>> {
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const checks = {
    issuer: server.url,
    audience: to.clientId,
    typ: 'logout+jwt',
    currentDate: server.clock.now(),
    requiredClaims: ['iat', 'exp', 'jti'],
  };
  const { payload } = await jwtVerify(token, keys, checks);
  return payload;
}

async function sidOf(idToken: string): Promise<string> {
  return (JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
}

async function signOut(user: GivenUser, first: GivenClient, others: readonly GivenClient[] = []) {
  const agent = await server.given.signedIn(user);
  const tokens = await server.given.tokens({ user, client: first, agent, scope: 'openid' });
  const more = [];
  for (const other of others) more.push(await server.given.tokens({ user, client: other, agent, scope: 'openid' }));
  const hint = new URLSearchParams({ id_token_hint: tokens.id_token ?? '' });
  await agent.get(`${server.url}/oidc/logout?${hint}`);
  return [tokens, ...more];
}

describe('a logout', () => {
  // @check 256
  it('is told to every client of the session by a token that says whose and which', async () => {
    const [shop, mail] = [await client('/shop'), await client('/mail')];
    const user = await server.given.user();
    const [shopTokens] = await signOut(user, shop, [mail]);
    await vi.waitFor(() => expect(told.map(({ path }) => path).toSorted()).toEqual(['/mail', '/shop']), 30_000);
    const claims = await verify(told.find(({ path }) => path === '/shop')?.token ?? '', shop);
    expect(claims).toMatchObject({
      sub: user.user.id,
      sid: await sidOf(shopTokens?.id_token ?? ''),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(claims).not.toHaveProperty('nonce');
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(120);
  });

  // @check 258
  it('names another session to a pairwise client, the one of its own ID tokens', async () => {
    const shop = await client('/public');
    const pairwise = await client('/pairwise', { subjectType: 'pairwise' });
    const user = await server.given.user();
    const [, pairwiseTokens] = await signOut(user, shop, [pairwise]);
    await vi.waitFor(() => expect(told).toHaveLength(2), 30_000);
    const [open, hidden] = [
      await verify(told.find(({ path }) => path === '/public')?.token ?? '', shop),
      await verify(told.find(({ path }) => path === '/pairwise')?.token ?? '', pairwise),
    ];
    expect(hidden['sid']).toBe(await sidOf(pairwiseTokens?.id_token ?? ''));
    expect(hidden['sid']).not.toBe(open['sid']);
    expect(hidden['sub']).not.toBe(open['sub']);
  });

  it('by the ID token of a pairwise client ends the session in this browser', async () => {
    const pairwise = await client('/ends', { subjectType: 'pairwise' });
    await signOut(await server.given.user(), pairwise);
    await vi.waitFor(() => expect(told).toHaveLength(1), 30_000);
  });

  it('is not told to a client that people did not sign in to by this session', async () => {
    const [shop] = [await client('/took-part'), await client('/did-not')];
    await signOut(await server.given.user(), shop);
    await vi.waitFor(() => expect(told.map(({ path }) => path)).toEqual(['/took-part']), 30_000);
  });
});

it.each([
  ['deactivated', { is_active: false }],
  ['given another password', { password: 'Another-Password-4711' }],
])('the applications of a person who is %s are told', async (_what, change) => {
  const shop = await client('/told');
  const user = await server.given.user();
  await server.given.tokens({ user, client: shop, agent: await server.given.signedIn(user), scope: 'openid' });
  await admin.call('updateUser', { params: { user_id: user.user.id }, body: change });
  await vi.waitFor(() => expect(told).toHaveLength(1), 30_000);
});

it('the applications of a person whose account is deleted are told', async () => {
  const shop = await client('/deleted');
  const user = await server.given.user();
  await server.given.tokens({ user, client: shop, agent: await server.given.signedIn(user), scope: 'openid' });
  await admin.call('deleteUser', { params: { user_id: user.user.id } });
  await vi.waitFor(() => expect(told).toHaveLength(1), 30_000);
});

describe('a client that does not take the token', () => {
  const outbound = () =>
    createOutbound({ networks: [], isLocal: true, observe: () => undefined, logger: { warn: () => undefined } });

  async function send(path: string, attempt: number): Promise<void> {
    const { clientId } = await client(path);
    const { user } = await server.given.user();
    const sessionId = '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1' as SessionId;
    await sendLogoutToken(
      { clientId: clientId as never, userId: user.id, sessionId },
      attempt,
      server.context,
      outbound(),
    );
  }

  const failures = async (): Promise<number> => {
    const { body } = await admin.call('listAuditEvents', { query: { action: 'logout.failed' } });
    return body.events.length;
  };

  // @check 257
  it('is asked again twice, and then the audit log says that it was not reached', async () => {
    answers = 503;
    const before = await failures();
    await expect(send('/busy', 1)).rejects.toThrow('it answered 503');
    await expect(send('/busy', 2)).rejects.toThrow('it answered 503');
    expect(await failures()).toBe(before);
    await send('/busy', LOGOUT_RETRY_SECONDS.length + 1);
    expect(await failures()).toBe(before + 1);
  });

  it('is not asked again when it says 400', async () => {
    answers = 400;
    const before = await failures();
    await send('/refuses', 1);
    expect(await failures()).toBe(before + 1);
  });
});
