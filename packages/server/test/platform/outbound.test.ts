import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOutbound } from '../../src/platform/outbound/outbound.ts';
import { type Outbound, OutboundError } from '../../src/ports/outbound.ts';
import { selfSigned } from './self-signed.ts';

const { key, cert } = selfSigned();
const LOOPBACK = ['127.0.0.0/8', '::1'];
const observed: string[] = [];

function outbound(more: Partial<Parameters<typeof createOutbound>[0]> = {}): Outbound {
  const observe = (purpose: string, _seconds: number, outcome: string): void =>
    void observed.push(`${purpose} ${outcome}`);
  return createOutbound({ networks: LOOPBACK, ca: cert, observe, logger: { warn: () => undefined }, ...more });
}

function fetchKeys(url: string, by: Outbound = outbound(), timeoutMs = 3000): Promise<Buffer> {
  return by.fetchDocument(url, { purpose: 'keys', types: ['application/json'], timeoutMs });
}
let server: Server;
let base: string;
let asked: string[] = [];

beforeAll(async () => {
  server = createServer({ key, cert }, (request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    if (request.url === '/redirect') response.writeHead(302, { location: `${base}/keys` }).end();
    else if (request.url === '/missing') response.writeHead(404).end('nothing here');
    else if (request.url === '/endless') response.writeHead(200).write('{');
    else if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    else if (request.url === '/form') {
      request.on('data', (chunk: Buffer) => {
        asked.push(`${asked.pop()} ${request.headers['content-type']} ${chunk.toString()}`);
        response.end();
      });
    } else if (request.url === '/huge') response.writeHead(200).end('x'.repeat(200_000));
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('fetching what a registration points to', () => {
  test('gets the body over https, from the address that was checked, under the name that was asked for', async () => {
    asked = [];
    expect((await fetchKeys(`${base}/keys`)).toString()).toBe('{"keys":[]}');
    expect(asked).toEqual([`${new URL(base).host} /keys`]);
  });

  test.each([
    'http://localhost/keys',
    'file:///etc/passwd',
    'ftp://localhost/',
    'https://user:pass@localhost/',
    'nonsense',
  ])('refuses %s without connecting', async (url) => {
    await expect(fetchKeys(url)).rejects.toThrow('only https addresses');
  });

  // Zitadel CVE-2026-27945: a registered address must not reach what only this machine can reach.
  test.each(['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1', '127.1', '0.0.0.0', '[::ffff:127.0.0.1]'])(
    'refuses this machine written as %s',
    async (host) => {
      asked = [];
      const { port } = new URL(base);
      await expect(fetchKeys(`https://${host}:${port}/keys`, outbound({ networks: [] }))).rejects.toThrow(
        OutboundError,
      );
      expect(asked).toEqual([]);
    },
  );

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  // Zitadel CVE-2026-55671: a redirect would lead past the check.
  test('does not follow redirects', async () => {
    asked = [];
    await expect(fetchKeys(`${base}/redirect`)).rejects.toThrow('status 302');
    expect(asked).toHaveLength(1);
  });

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  test('says nothing of the body when the status is not 200', async () => {
    await expect(fetchKeys(`${base}/missing`)).rejects.toThrow(/^the answer has status 404$/);
  });

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  test('stops reading at the limit', async () => {
    await expect(fetchKeys(`${base}/huge`)).rejects.toThrow('longer than 131072 bytes');
  });

  test('gives up when the time is over', async () => {
    await expect(fetchKeys(`${base}/endless`, outbound(), 200)).rejects.toThrow(OutboundError);
  });

  test('does not trust a certificate that nobody vouches for', async () => {
    await expect(fetchKeys(`${base}/keys`, outbound({ ca: undefined }))).rejects.toThrow('could not be reached');
  });

  test('does not speak to a plain server', async () => {
    const plain = createPlainServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await expect(fetchKeys(`https://localhost:${port}/`)).rejects.toThrow('could not be reached');
    plain.closeAllConnections();
    plain.close();
  });

  test('reports a name that does not exist', async () => {
    await expect(fetchKeys('https://nowhere.invalid/')).rejects.toThrow('the host was not found');
  });

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  test('is not led elsewhere by a name that is bound to another address after the check', async () => {
    asked = [];
    const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '169.254.169.254', family: 4 }]];
    let lookups = 0;
    const rebinding = outbound({ lookup: async () => answers[lookups++] ?? [] });
    const url = `https://localhost:${new URL(base).port}/keys`;
    expect((await fetchKeys(url, rebinding)).toString()).toBe('{"keys":[]}');
    expect([lookups, asked.length]).toEqual([1, 1]);
    await expect(fetchKeys(url, rebinding)).rejects.toThrow('does not have public addresses only');
    expect([lookups, asked.length]).toEqual([2, 1]);
  });

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  test('does not call a host that has one address too many', async () => {
    const both = [
      { address: '127.0.0.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    for (const answer of [both, both.toReversed(), []]) {
      const mixed = outbound({ lookup: async () => answer });
      await expect(fetchKeys(`${base}/keys`, mixed)).rejects.toThrow('does not have public addresses only');
    }
  });

  test('refuses an answer of another media type', async () => {
    await expect(fetchKeys(`${base}/page`)).rejects.toThrow('the answer is of another media type');
  });

  test('posts a form, says how it was answered, and counts', async () => {
    observed.length = 0;
    const form = { logout_token: 'a.b.c', 'a b': '&' };
    expect(await outbound().postForm(`${base}/form`, form, { purpose: 'logout' })).toBe(200);
    expect(asked.at(-1)).toBe(
      `${new URL(base).host} /form application/x-www-form-urlencoded logout_token=a.b.c&a+b=%26`,
    );
    expect(await outbound().postForm(`${base}/missing`, form, { purpose: 'logout' })).toBe(404);
    await expect(outbound().postForm(`${base}/redirect`, form, { purpose: 'logout' })).rejects.toThrow('status 302');
    expect(observed).toEqual(['logout success', 'logout success', 'logout error']);
  });
});
