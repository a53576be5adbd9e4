import { type LookupAddress, promises as dns } from 'node:dns';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { OutboundError } from '../../ports/outbound.js';
import { isLoopback } from './public-address.js';

/** Every address of a host, as getaddrinfo tells them. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

export interface RequestLimits {
  readonly isAllowedAddress: (address: string) => boolean;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Whether this machine's own addresses may be called without TLS. */
  readonly isLocal?: boolean;
  /** More certificate authorities than the system's. */
  readonly ca?: string;
  readonly lookup?: Lookup;
}

export interface Reply {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
}

/**
 * One request to an address that comes from a stranger. It must not reach what only this machine can reach: https only, every
 * answer of the resolver must be acceptable, the connection goes to the address that was checked (a second look-up could answer
 * otherwise), no redirects, limits on time and size.
 */
// @check 242
export async function send(
  url: string,
  what: { readonly method: 'GET' | 'POST'; readonly headers: Readonly<Record<string, string>>; readonly body?: string },
  limits: RequestLimits,
): Promise<Reply> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isPlain = target?.protocol === 'http:' && limits.isLocal === true;
  if (!target || (target.protocol !== 'https:' && !isPlain) || target.username !== '' || target.password !== '') {
    throw new OutboundError('only https addresses without credentials are called');
  }
  const signal = AbortSignal.timeout(limits.timeoutMs);
  const address = await resolveOnce(bareHost(target.hostname), limits, signal);
  if (isPlain && !isLoopback(address.address)) throw new OutboundError('other machines are called over https only');
  const response = await call(target, what, { address, signal, ca: limits.ca });
  try {
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) throw new OutboundError(`the answer has status ${status}`);
    return { status, type: response.headers['content-type'], body: await readAtMost(response, limits.maxBytes) };
  } finally {
    response.destroy();
  }
}

async function resolveOnce(
  host: string,
  { isAllowedAddress, lookup = systemLookup }: RequestLimits,
  signal: AbortSignal,
): Promise<LookupAddress> {
  const family = isIP(host);
  const answers = family === 0 ? await inTime(lookup(host), signal) : [{ address: host, family }];
  const [first] = answers;
  if (first === undefined || !answers.every((answer) => isAllowedAddress(answer.address))) {
    throw new OutboundError('the host does not have public addresses only');
  }
  return first;
}

const systemLookup: Lookup = (host) => dns.lookup(host, { all: true });

/** getaddrinfo cannot be cancelled; it is left behind when the time is up. */
async function inTime(
  looking: Promise<readonly LookupAddress[]>,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const timeUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new OutboundError('the host was not found in time')), {
      once: true,
    });
  });
  try {
    return await Promise.race([looking, timeUp]);
  } catch (error) {
    throw error instanceof OutboundError ? error : new OutboundError('the host was not found', { cause: error });
  }
}

function call(
  target: URL,
  { method, headers, body }: Parameters<typeof send>[1],
  options: { readonly address: LookupAddress; readonly signal: AbortSignal; readonly ca: string | undefined },
): Promise<IncomingMessage> {
  const { address, signal, ca } = options;
  return new Promise((resolve, reject) => {
    const start = target.protocol === 'http:' ? plainRequest : request;
    const sent = start(target, {
      method,
      // The name stays for SNI, the certificate and the Host header; the address is the one that was checked.
      lookup: (_host, wanted, found) =>
        wanted.all === true ? found(null, [address]) : found(null, address.address, address.family),
      agent: false,
      headers: { ...headers },
      signal,
      ca,
    });
    sent.once('response', resolve);
    sent.once('error', (cause) => reject(new OutboundError('the host could not be reached', { cause })));
    sent.end(body);
  });
}

async function readAtMost(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw new OutboundError(`the answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof OutboundError ? error : new OutboundError('the answer broke off', { cause: error });
  }
  return Buffer.concat(chunks);
}

function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
