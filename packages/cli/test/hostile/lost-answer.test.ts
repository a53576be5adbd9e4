import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { administration } from '../support/server.js';

/** Between the command and the server stands a network that loses answers after the server has done what it was asked. */

const { cli, server, url, logIn } = administration();
let network: Server;
/** How many answers to changes will be lost, and how: before the first byte, in the middle, or as a gateway's error. */
let lost: number;
let how: 'cut' | 'half' | 'gateway';
let keys: (string | undefined)[];

beforeAll(logIn);
beforeEach(async () => {
  lost = 1;
  how = 'cut';
  keys = [];
  network = createServer((incoming, answer) => {
    const forwarded = httpRequest(
      `${url()}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (response) => void collect(response).then((body) => deliver(body, response)),
    );
    function deliver(body: Buffer, response: IncomingMessage): void {
      const isChange = incoming.method !== 'GET';
      if (isChange) keys.push(incoming.headers['idempotency-key'] as string | undefined);
      if (!isChange || lost === 0) {
        answer.writeHead(response.statusCode ?? 500, response.headers).end(body);
        return;
      }
      lost -= 1;
      if (how === 'gateway') answer.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
      else if (how === 'cut') incoming.socket.destroy();
      else {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        answer.write(body.subarray(0, 10), () => incoming.socket.destroy());
      }
    }
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => network.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  network.closeAllConnections();
  network.close();
});

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The login belongs to the server's own address; the token goes through the network by hand. */
async function throughNetwork(words: readonly string[]) {
  const { stdout } = await cli.here(['admin', 'auth', 'token']);
  const env = {
    AUTHLY_API_URL: `http://127.0.0.1:${(network.address() as AddressInfo).port}`,
    AUTHLY_TOKEN: stdout.trim(),
  };
  return await cli.run(words, { env });
}

async function made(action: string): Promise<number> {
  const { events } = await cli.json<{ events: unknown[] }>(['admin', 'audit', 'list', '--action', action]);
  return events.length;
}

const CLIENT = ['admin', 'client', 'create', '--type', 'confidential', '--redirect-uri', 'https://app.example/cb'];

describe('an answer that is lost after the server has stored', () => {
  for (const loss of ['cut', 'half', 'gateway'] as const)
    test(`is asked for again, and a client is created once, with a secret that works (${loss})`, async () => {
      how = loss;
      const before = await made('client.created');
      const name = `Lost ${loss}`;
      const { code, stdout, stderr } = await throughNetwork([
        ...CLIENT,
        '--name',
        name,
        '--grant-type',
        'client_credentials',
        '--scope',
        'read',
      ]);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('Asking again; it is done only once.');
      expect(keys).toHaveLength(2);
      expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
      expect(keys[1]).toBe(keys[0]);
      const clientId = /Client ID: (\S+)/.exec(stdout)?.[1] ?? '';
      const secret = /Client Secret: (\S+)/.exec(stdout)?.[1] ?? '';
      const { clients } = await cli.json<{ clients: { client_id: string; client_name: string }[] }>([
        'admin',
        'client',
        'list',
      ]);
      expect(clients.filter(({ client_name: one }) => one === name).map((one) => one.client_id)).toEqual([clientId]);
      expect(await made('client.created')).toBe(before + 1);
      const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
      const token = await server().post(
        '/api/v1/oauth/token',
        { grant_type: 'client_credentials' },
        { authorization: `Basic ${basic}` },
      );
      expect(token.status).toBe(200);
    });

  test.each([
    ['scope.created', ['admin', 'scope', 'create', '--name', 'lost:scope', '--description', 'x']],
    ['user.created', ['admin', 'user', 'create', '--username', 'lost_user', '--email', 'lost@example.org']],
    ['api_key.created', ['admin', 'apikey', 'create', '--name', 'lost', '--scope', 'read']],
    ['user.password_reset', ['admin', 'user', 'reset-password', 'lost_user', '--confirm']],
    ['key.rotated', ['admin', 'keys', 'rotate', '--algorithm', 'ES256', '--confirm']],
  ])('leaves one %s, however often it is lost', async (action, words) => {
    lost = 3;
    const before = await made(action);
    const { code, stderr } = await throughNetwork(words);
    expect(code, stderr).toBe(0);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(await made(action)).toBe(before + 1);
  });

  test('of what cannot be repeated safely is told: it may have been done', async () => {
    await cli.run(['admin', 'scope', 'create', '--name', 'lost:change', '--description', 'x']);
    const words = ['admin', 'scope', 'update', 'lost:change', '--description', 'changed'];
    const { code, stderr, stdout } = await throughNetwork(words);
    expect([code, stdout, keys]).toEqual([7, '', [undefined]]);
    expect(stderr).toContain('It may have been done nevertheless: look before you run the command again.');
    const scope = await cli.json(['admin', 'scope', 'show', 'lost:change']);
    expect(scope).toMatchObject({ description: 'changed' });
  });

  test('again and again is given up in the end, and told', async () => {
    lost = 100;
    const before = await made('scope.created');
    const words = ['admin', 'scope', 'create', '--name', 'lost:forever', '--description', 'x', '-o', 'json'];
    const { code, stderr } = await throughNetwork(words);
    expect(code).toBe(7);
    const told = JSON.parse(stderr) as { error: object };
    expect(told.error).toMatchObject({
      retryable: false,
      exit_code: 7,
      hint: expect.stringContaining('may have been done'),
    });
    expect(await made('scope.created')).toBe(before + 1);
  });
});

test('a refusal is not asked for twice, and nobody waits for a server that is not there', async () => {
  lost = 0;
  const refused = await throughNetwork(['admin', 'scope', 'create', '--name', 'openid', '--description', 'x']);
  expect([refused.code, keys.length]).toEqual([6, 1]);
  const away = await cli.run(['admin', 'scope', 'create', '--name', 'x', '--description', 'x'], {
    env: { AUTHLY_API_URL: 'http://127.0.0.1:9', AUTHLY_TOKEN: 'some-token' },
  });
  expect(away.code).toBe(7);
  expect(away.stderr).not.toContain('again;');
});
