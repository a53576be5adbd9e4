import { expect, test } from 'vitest';
import { isPublicAddress, withinNetworks } from '../../../src/platform/outbound/public-address.ts';

test.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e'])(
  '%s can be called by anyone',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::a00:1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'not an address',
  '',
])('%s cannot', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('networks that the operator opened are found by address and by range', () => {
  const isOpen = withinNetworks(['10.0.0.0/8', '192.168.1.7', 'fd00::/8']);
  expect(['10.9.8.7', '192.168.1.7', 'fd00::1'].every(isOpen)).toBe(true);
  expect(['11.0.0.1', '192.168.1.8', 'fe80::1', 'garbage'].some(isOpen)).toBe(false);
});
