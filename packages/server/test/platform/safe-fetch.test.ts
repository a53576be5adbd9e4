import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPublicAddress, withinNetworks } from '../../src/platform/client-keys/public-address.ts';
import { FetchRefusedError, safeFetch } from '../../src/platform/client-keys/safe-fetch.ts';
import { selfSigned } from './self-signed.ts';

const { key, cert } = selfSigned();
const openLoopback = { isAllowedAddress: withinNetworks(['127.0.0.0/8', '::1']), ca: cert };
let server: Server;
let base: string;
let asked: string[] = [];

beforeAll(async () => {
  server = createServer({ key, cert }, (request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    if (request.url === '/redirect') response.writeHead(302, { location: `${base}/keys` }).end();
    else if (request.url === '/missing') response.writeHead(404).end('nothing here');
    else if (request.url === '/endless') response.writeHead(200).write('{');
    else if (request.url === '/huge') response.writeHead(200).end('x'.repeat(200_000));
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
    expect((await safeFetch(`${base}/keys`, openLoopback)).toString()).toBe('{"keys":[]}');
    expect(asked).toEqual([`${new URL(base).host} /keys`]);
  });

  test.each([
    'http://localhost/keys',
    'file:///etc/passwd',
    'ftp://localhost/',
    'https://user:pass@localhost/',
    'nonsense',
  ])('refuses %s without connecting', async (url) => {
    await expect(safeFetch(url, openLoopback)).rejects.toThrow('only https addresses');
  });

  // Zitadel CVE-2026-27945: a registered address must not reach what only this machine can reach.
  test.each(['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1', '127.1', '0.0.0.0', '[::ffff:127.0.0.1]'])(
    'refuses this machine written as %s',
    async (host) => {
      asked = [];
      const { port } = new URL(base);
      await expect(
        safeFetch(`https://${host}:${port}/keys`, { isAllowedAddress: isPublicAddress, ca: cert }),
      ).rejects.toThrow(FetchRefusedError);
      expect(asked).toEqual([]);
    },
  );

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  // Zitadel CVE-2026-55671: a redirect would lead past the check.
  test('does not follow redirects', async () => {
    asked = [];
    await expect(safeFetch(`${base}/redirect`, openLoopback)).rejects.toThrow('status 302');
    expect(asked).toHaveLength(1);
  });

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  test('says nothing of the body when the status is not 200', async () => {
    await expect(safeFetch(`${base}/missing`, openLoopback)).rejects.toThrow(/^the answer has status 404$/);
  });

  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  test('stops reading at the limit', async () => {
    await expect(safeFetch(`${base}/huge`, openLoopback)).rejects.toThrow('longer than 131072 bytes');
  });

  test('gives up when the time is over', async () => {
    await expect(safeFetch(`${base}/endless`, { ...openLoopback, timeoutMs: 200 })).rejects.toThrow(FetchRefusedError);
  });

  test('does not trust a certificate that nobody vouches for', async () => {
    const { isAllowedAddress } = openLoopback;
    await expect(safeFetch(`${base}/keys`, { isAllowedAddress })).rejects.toThrow('could not be reached');
  });

  test('does not speak to a plain server', async () => {
    const plain = createPlainServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await expect(safeFetch(`https://localhost:${port}/`, openLoopback)).rejects.toThrow('could not be reached');
    plain.closeAllConnections();
    plain.close();
  });

  test('reports a name that does not exist', async () => {
    await expect(safeFetch('https://nowhere.invalid/', openLoopback)).rejects.toThrow('the host was not found');
  });
});
