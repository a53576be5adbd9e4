/** Where a request comes from: the address of the connection or, behind proxies that the operator named, what they say. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface ClientAddress {
  /** Absent when the connection is gone already. */
  readonly ip: string | undefined;
  /**
   * The caller runs on this machine. A proxy on this machine does too, so a request that somebody forwarded is local only
   * if a proxy that the operator named says so.
   */
  readonly isLocal: boolean;
  /** Somebody on this machine forwarded the request whom the operator did not name as a proxy. */
  readonly isByUnnamedProxy: boolean;
}

/** What proxies add to a request. */
const FORWARDED_BY = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'via',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
];
/** Addresses in one header; more proxies in a row than anybody has. */
const MOST_HOPS = 50;

// @check 264
/** @param proxies Addresses and CIDR ranges of the proxies whose headers count. */
export function createClientAddressReader(proxies: readonly string[]): {
  read(request: IncomingMessage): ClientAddress;
  /** Whether many people may come from this address: a named proxy, or this machine. */
  isShared(address: string): boolean;
} {
  const isProxy = matchNetworks(proxies);

  function read(request: IncomingMessage): ClientAddress {
    const peer = withoutMapping(request.socket.remoteAddress);
    const isForwarded = FORWARDED_BY.some((name) => request.headers[name] !== undefined);
    if (!isForwarded || peer === undefined) return { ip: peer, isLocal: isLoopback(peer), isByUnnamedProxy: false };
    if (!isProxy(peer)) return { ip: peer, isLocal: false, isByUnnamedProxy: isLoopback(peer) };
    const { ip, isKnown } = followProxies(peer, String(request.headers['x-forwarded-for'] ?? ''), isProxy);
    return { ip, isLocal: isKnown && isLoopback(ip), isByUnnamedProxy: false };
  }

  return {
    read,
    isShared(address) {
      const plain = withoutMapping(address) ?? '';
      return isLoopback(plain) || isProxy(plain);
    },
  };
}

/** From the last proxy to the first address that is no proxy. What is no address counts as the proxy's that added it. */
function followProxies(
  peer: string,
  header: string,
  isProxy: (address: string) => boolean,
): { readonly ip: string; readonly isKnown: boolean } {
  let ip = peer;
  for (const entry of header.split(',').slice(-MOST_HOPS).toReversed()) {
    const address = parseAddress(entry.trim());
    if (address === undefined) return { ip, isKnown: false };
    ip = address;
    if (!isProxy(address)) break;
  }
  return { ip, isKnown: true };
}

/** An address with an optional port, IPv6 with or without brackets; IPv4 inside IPv6 is IPv4. @spec RFC 7239 §6 */
export function parseAddress(text: string): string | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  const [, quoted = text] = /^"(.*)"$/.exec(text) ?? [];
  const [, bracketed, v4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(quoted) ?? [];
  const address = (bracketed ?? v4 ?? quoted).split('%', 1)[0]?.toLowerCase() ?? '';
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 4 ? address : shortenV6(address);
}

/** A whole IPv6 address in brackets, with a zone, a port and quotes. */
const LONGEST_ADDRESS = 100;

/** One spelling for each address, so that it has one limit and one lock. @spec RFC 5952 */
function shortenV6(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const value = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.');
}

/** On a socket for both families an IPv4 address is written as an IPv6 one. */
function withoutMapping(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || address.startsWith('127.'));
}

function matchNetworks(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
