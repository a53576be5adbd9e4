import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fetchLogo } from '../../src/admin/clients/client-logo.js';
import { createOutbound } from '../../src/platform/outbound/outbound.js';
import { administrator, type Caller } from '../admin/caller.js';
import { selfSigned } from '../platform/self-signed.js';
import { createAgent } from '../support/agent.js';
import { authorizeUrl, CALLBACK } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('a picture')]);

let server: TestServer;
let admin: Caller;
let elsewhere: Server;
let base: string;
const { key, cert } = selfSigned();

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
  elsewhere = createServer({ key, cert }, (request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    response.end(request.url === '/logo.png' ? PNG : '<p>not at all a picture</p>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  base = `https://localhost:${(elsewhere.address() as AddressInfo).port}`;
});
afterAll(async () => {
  elsewhere.closeAllConnections();
  await new Promise((resolve) => elsewhere.close(resolve));
  await server.stop();
});

const outbound = () =>
  createOutbound({
    networks: ['127.0.0.0/8', '::1'],
    ca: cert,
    observe: () => undefined,
    logger: { warn: () => undefined },
  });

async function logoOf(path: string): Promise<string | undefined> {
  const client = await server.given.client({ logoUri: `${base}${path}` });
  const known = await server.context.store.clients.find(client.clientId);
  await fetchLogo(
    { client: known?.id ?? '', clientId: client.clientId, uri: `${base}${path}` },
    server.context,
    outbound(),
  );
  const asked = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid',
    nonce: 'n',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  const agent = createAgent(server.url);
  const { body } = await agent.follow(await agent.get(authorizeUrl(server.url, asked)));
  expect(body).toContain('login-form');
  return /<img class="tile" src="([^"]+)"/.exec(body)?.[1];
}

test("an application's logo is fetched once, and shown from this server", async () => {
  const address = await logoOf('/logo.png');
  expect(address).toMatch(/^\/assets\/app-logos\/[0-9a-f]{32}$/);
  const image = await fetch(`${server.url}${address}`);
  expect(image.headers.get('content-type')).toBe('image/png');
  expect(image.headers.get('content-security-policy')).toContain('sandbox');
  expect(Buffer.from(await image.arrayBuffer())).toEqual(PNG);
});

test('what is no picture is not shown, whatever its sender calls it, and the audit log says so', async () => {
  expect(await logoOf('/page.png')).toBeUndefined();
  const refused = await admin.call('listAuditEvents', { query: { action: 'client.logo_refused' } });
  expect(refused.body.events.map(({ client_id }) => client_id)).toHaveLength(1);
});

test('a client that is registered with a logo has it fetched by the next process that is free', async () => {
  server.startMaintenance();
  await admin.call('createClient', {
    body: {
      client_name: 'Shop',
      client_type: 'public',
      redirect_uris: [CALLBACK],
      scope: 'openid',
      grant_types: ['authorization_code'],
      logo_uri: `${base}/logo.png`,
    },
  });
  // This machine's own addresses are not fetched from, which the log tells.
  await vi.waitFor(() => expect(server.logged()).toContain('"purpose":"client_logo"'), { timeout: 30_000 });
});
