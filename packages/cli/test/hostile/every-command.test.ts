import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCli } from '../support/cli.js';
import { everyCommand } from '../support/every-command.js';

/** Every command against a server that is down, slow, broken, older, or another program altogether. */

const cli = createCli({ AUTHLY_TOKEN: 'some-token' });
const open: Server[] = [];
afterAll(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

const things = {
  clientId: 'c',
  registeredId: 'c',
  scope: 's',
  resource: 'https://api.example/',
  user: 'u',
  apiKeyId: 'k',
  keyId: 'kid',
  requestId: 'r',
  login: 'somewhere',
  fresh: 'fresh',
};

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const says = (status: number, type: string, body: string) => () =>
  serve((response) => void response.writeHead(status, { 'Content-Type': type }).end(body));

/** How a command is run: where nothing is answered, only a process can tell that nothing keeps it alive. */
type How = 'run' | 'here';

/** Who answers, the exit codes that say so, and how the commands are run. */
const SERVERS: Readonly<Record<string, readonly [start: () => Promise<string>, codes: readonly number[], how?: How]>> =
  {
    'is down': [async () => 'http://127.0.0.1:9', [7]],
    'never answers': [() => serve(() => undefined), [7], 'run'],
    'answers a page instead of data': [says(200, 'text/html', '<html><h1>Welcome</h1></html>'), [1, 7]],
    'answers 500': [says(500, 'application/json', '{"detail":"Internal server error.","request_id":"r-1"}'), [7]],
    'answers 502 with a page': [says(502, 'text/html', '<h1>Bad gateway</h1>'), [7]],
    'is of an older version': [says(404, 'application/json', '{"detail":"Not Found"}'), [1, 7]],
    'answers JSON of another kind': [says(200, 'application/json', '{"hello":"world"}'), [1, 7]],
  };

/** Everything below the home, with what is in it. */
function written(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of existsSync(cli.home) ? readdirSync(cli.home, { recursive: true, withFileTypes: true }) : []) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const content = createHash('sha256').update(readFileSync(path)).digest('hex');
    found.set(relative(cli.home, path), `${statSync(path).mode.toString(8)} ${content}`);
  }
  return found;
}

describe.each(Object.entries(SERVERS))('a server that %s', (_what, [start, codes, how = 'here']) => {
  test('makes every command end with a clear error and the right code, with nothing half written', async () => {
    const url = await start();
    const before = written();
    const lines = [...everyCommand(things)].filter(([, { local }]) => !local);
    // Those that nobody answers wait most of the time.
    await inTurns(12, lines, async ([path, { words, asks }]) => {
      // Asking again after a lost answer is for servers that are there.
      const line = ['admin', ...path.split(' '), '--timeout', '1', ...(asks ? ['--confirm'] : []), ...words];
      const stdin = path === 'auth login' ? 'a-password' : undefined;
      const given = path === 'auth login' ? [...line, '--password-stdin'] : line;
      const { code, stdout, stderr } = await cli[how](given, {
        env: { AUTHLY_API_URL: url },
        ...(stdin === undefined ? {} : { stdin }),
      });
      const where = `${path}: ${stderr}`;
      if (path === 'auth status') {
        // This one tells the state of the server: it is its result.
        expect([path, code]).toEqual([path, 7]);
        return;
      }
      // What such a server says about logins is an address that cannot be used.
      expect(path === 'auth login' ? [...codes, 5] : codes, where).toContain(code);
      expect([path, stdout]).toEqual([path, '']);
      const told = stderr.trim().split('\n');
      const error = told.findIndex((text) => text.startsWith('❌ Error: '));
      expect(error, where).toBeGreaterThanOrEqual(0);
      // What, why, what to do, and the code.
      expect(told.slice(error + 1).filter((text) => text !== '').length, where).toBeGreaterThanOrEqual(3);
      expect(told.at(-1), where).toBe(`Exit code: ${code}`);
      expect(stderr, where).not.toMatch(/some-token|a-password|\bat .*:\d+:\d+|undefined|\[object/);
    });
    expect(written()).toEqual(before);
  }, 120_000);
});

test('what needs no server works without one', async () => {
  const env = { AUTHLY_API_URL: 'http://127.0.0.1:9' };
  for (const [path, { words, local }] of everyCommand(things)) {
    if (!local) continue;
    const { code, stderr } = await cli.run(['admin', ...path.split(' '), ...words], { env });
    expect([path, code, stderr]).toEqual([
      path,
      ['auth switch', 'auth remove'].includes(path) ? 4 : 0,
      expect.anything(),
    ]);
  }
});

async function inTurns<T>(width: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
