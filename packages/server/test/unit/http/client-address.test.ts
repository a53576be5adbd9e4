import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { parseAddress, createClientAddressReader } from '../../../src/http/server/client-address.ts';

describe('an entry of X-Forwarded-For', () => {
  test.each([
    ['203.0.113.60', '203.0.113.60'],
    ['203.0.113.60:50001', '203.0.113.60'],
    ['"203.0.113.60:50001"', '203.0.113.60'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['2001:DB8:0:0::7', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[::ffff:203.0.113.60]:443', '203.0.113.60'],
    ['::ffff:cb00:713c', '203.0.113.60'],
    ['unknown', undefined],
    ['_hidden', undefined],
    ['', undefined],
    ['203.0.113', undefined],
    ['203.0.113.60:', undefined],
    ['203.0.113.60:port', undefined],
    ['203.0.113.60:123456', undefined],
    ['[203.0.113.60', undefined],
    ['1'.repeat(500), undefined],
  ])('%j is read as %j', (entry, address) => {
    expect(parseAddress(entry)).toBe(address);
  });
});

describe('a request', () => {
  test.each([
    // proxies, connection, X-Forwarded-For → address, whether it is local
    [[], '192.0.2.1', undefined, '192.0.2.1', false],
    [[], '::ffff:192.0.2.1', undefined, '192.0.2.1', false],
    [[], '127.0.0.1', undefined, '127.0.0.1', true],
    [[], '::1', undefined, '::1', true],
    [[], '::ffff:127.0.0.1', undefined, '127.0.0.1', true],
    [[], '127.0.0.1', '127.0.0.1', '127.0.0.1', false],
    [['10.0.0.0/8'], '192.0.2.1', '127.0.0.1', '192.0.2.1', false],
    [['10.0.0.0/8'], '10.1.1.1', '203.0.113.7:4711', '203.0.113.7', false],
    [['10.0.0.0/8'], '::ffff:10.1.1.1', '203.0.113.7', '203.0.113.7', false],
    [['10.0.0.0/8'], '10.1.1.1', '127.0.0.1, 203.0.113.7, 10.2.2.2:80', '203.0.113.7', false],
    [['10.0.0.0/8'], '10.1.1.1', '203.0.113.7, unknown, 10.2.2.2', '10.2.2.2', false],
    [['10.0.0.0/8'], '10.1.1.1', 'unknown', '10.1.1.1', false],
    [['2001:db8::/32'], '2001:db8::1', '[2001:db9::1]:443', '2001:db9::1', false],
    [['127.0.0.1'], '127.0.0.1', '127.0.0.1', '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.1', 'unknown', '127.0.0.1', false],
  ])('behind %j from %s for %s is from %s', (proxies, remoteAddress, header, ip, isLocal) => {
    const headers = header === undefined ? {} : { 'x-forwarded-for': header };
    const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
    expect(createClientAddressReader(proxies).read(request)).toMatchObject({ ip, isLocal });
  });
});
