import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createCli } from '../support/cli.js';

/** A server that is not well, not there, not ours, or not of this version. Being hostile is its purpose. */

const cli = createCli({ AUTHLY_TOKEN: 'some-token' });
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function hostile(answer: (response: ServerResponse, path: string) => void): Promise<NodeJS.ProcessEnv> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response, request.url ?? ''));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { AUTHLY_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const html = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { 'Content-Type': 'text/html' }).end('<html><h1>Welcome to the proxy</h1></html>');
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
const list = ['admin', 'client', 'list'];

describe('a command ends with a clear error and the right code', () => {
  const cases: readonly (readonly [string, (response: ServerResponse) => void, number, RegExp])[] = [
    ['a page of a proxy instead of data', html(200), 1, /not Authly's admin API[\s\S]*text\/html/],
    ['a page that is not found', html(404), 1, /not Authly's admin API/],
    [
      'a redirect to somewhere else',
      (response) => void response.writeHead(302, { Location: 'http://evil.example/' }).end(),
      1,
      /a redirect \(302\)/,
    ],
    ['a gateway that fails', html(502), 7, /The server failed to answer[\s\S]*502/],
    [
      'an internal error',
      json(500, { detail: 'Internal server error.', request_id: 'r-77' }),
      7,
      /Internal server error\.[\s\S]*r-77/,
    ],
    ['a server that is busy', json(503, { detail: 'Busy.' }, { 'Retry-After': '4' }), 7, /Try again in 4 seconds/],
    [
      'too many requests',
      json(429, { detail: 'Slow down.', error_code: 'RATE_LIMITED' }, { 'Retry-After': '9' }),
      8,
      /Try again in 9 seconds/,
    ],
    [
      'an admin API that is switched off',
      json(503, { detail: 'Admin API is disabled', error_code: 'ADMIN_API_DISABLED' }),
      7,
      /AUTHLY_ADMIN_API_ENABLED=true/,
    ],
    [
      'a guard that lets only this computer in',
      json(403, { detail: 'Only local.', error_code: 'ADMIN_API_LOCALHOST_ONLY' }),
      3,
      /AUTHLY_ADMIN_API_LOCALHOST_ONLY=false/,
    ],
    ['an older server that does not know the path', json(404, { detail: 'Not Found' }), 1, /older version/],
    [
      'JSON that is cut off',
      (response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('[{"client_id":'),
      1,
      /not Authly's admin API/,
    ],
    ['a connection that breaks', (response) => response.destroy(), 7, /the connection was cut/],
    [
      'a body that breaks off',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' }).write('[');
        setTimeout(() => response.destroy(), 30);
      },
      7,
      /cannot be reached/,
    ],
  ];
  for (const [what, answer, code, words] of cases)
    test(`for ${what}`, async () => {
      const outcome = await cli.run(list, { env: await hostile(answer) });
      expect(outcome.stderr).toMatch(words);
      expect([outcome.code, outcome.stdout]).toEqual([code, '']);
      const asJson = await cli.run([...list, '-o', 'json'], { env: await hostile(answer) });
      expect((JSON.parse(asJson.stderr) as { error: { exit_code: number } }).error.exit_code).toBe(code);
    });

  test('for a server that is not there', async () => {
    const { code, stderr } = await cli.run(list, { env: { AUTHLY_API_URL: 'http://127.0.0.1:9' } });
    expect(code).toBe(7);
    expect(stderr).toContain('nothing listens there');
  });

  test('for a server that never answers, after the time that was given', async () => {
    const env = await hostile(() => undefined);
    const { code, stderr, took } = await cli.run([...list, '--timeout', '1'], { env });
    expect(code).toBe(7);
    expect(stderr).toContain('did not answer in time');
    expect(took).toBeLessThan(10_000);
  });

  test('for a server that drips', async () => {
    const timers: NodeJS.Timeout[] = [];
    const env = await hostile((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      timers.push(setInterval(() => response.write(' '), 50));
    });
    const { code } = await cli.run([...list, '--timeout', '1'], { env });
    for (const timer of timers) clearInterval(timer);
    expect(code).toBe(7);
  });
});

describe('what a hostile server says', () => {
  test('cannot act on the terminal, in a table, in JSON or in an error', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e';
    const client = { client_id: `id${evil}`, client_name: evil, client_type: evil, is_active: true, created_at: evil };
    const answers = [
      json(200, [client], { 'X-Total-Count': '1' }),
      json(400, { detail: evil }),
      json(500, { detail: evil, request_id: evil }),
    ];
    for (const answer of answers)
      for (const format of ['table', 'json']) {
        const { stdout, stderr } = await cli.run([...list, '-o', format], { env: await hostile(answer) });
        expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
      }
  });

  test('goes without the token when it redirects', async () => {
    const seen: string[] = [];
    const thief = await hostile((response) => {
      seen.push('asked');
      json(200, [])(response);
    });
    const env = await hostile(
      (response) => void response.writeHead(307, { Location: `${thief['AUTHLY_API_URL']}/` }).end(),
    );
    expect((await cli.run(list, { env })).code).toBe(1);
    expect(seen).toEqual([]);
  });

  test('of a field that is missing is a failure of the command, not nonsense on the screen', async () => {
    const { code, stdout } = await cli.run(list, { env: await hostile(json(200, { surprise: true })) });
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe('nothing is half written', () => {
  test('a secret file appears only when there is a secret in it', async () => {
    const path = join(cli.home, 'secret.txt');
    const words = [
      'admin',
      'client',
      'create',
      '--name',
      'x',
      '--type',
      'confidential',
      '--redirect-uri',
      'https://x/cb',
    ];
    const failed = await cli.run([...words, '--secret-file', path], {
      env: await hostile(json(500, { detail: 'No.' })),
    });
    expect([failed.code, existsSync(path)]).toEqual([7, false]);
  });

  test('an export that breaks off ends after a whole event, and says so', async () => {
    const path = join(cli.home, 'audit.jsonl');
    const env = await hostile((response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).write('{"seq":1}\n{"seq":2}\n{"se');
      setTimeout(() => response.end(), 30);
    });
    const { code, stderr } = await cli.run(['admin', 'audit', 'export', '--file', path], { env });
    expect(code).toBe(7);
    expect(stderr).toContain('The export broke off');
    expect(readFileSync(path, 'utf8')).toBe('{"seq":1}\n{"seq":2}\n');
  });

  test('a login at something that is not Authly leaves no login', async () => {
    for (const answer of [html(200), html(500), json(200, { access_token: 'x' })]) {
      const env = { ...(await hostile(answer)), AUTHLY_TOKEN: '' };
      const { code } = await cli.run(['admin', 'auth', 'login', '-u', 'a', '--password-stdin'], { env, stdin: 'b' });
      expect(code).not.toBe(0);
      expect((await cli.run(['admin', 'auth', 'whoami'], { env })).code).toBe(2);
    }
  });
});
