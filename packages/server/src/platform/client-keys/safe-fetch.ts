import { type LookupAddress, promises as dns } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';

/**
 * Fetches what a client's registration points to. The address comes from a stranger, so it must not reach what only this
 * machine can reach: https only, every answer of the resolver must be acceptable, the connection goes to the address that
 * was checked (a second look-up could answer otherwise), no redirects, limits on time and size.
 */
// @check 242
export async function safeFetch(
  url: string,
  options: {
    readonly isAllowedAddress: (address: string) => boolean;
    readonly timeoutMs?: number;
    readonly maxBytes?: number;
    /** More certificate authorities than the system's. */
    readonly ca?: string;
  },
): Promise<Buffer> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol !== 'https:' || target.username !== '' || target.password !== '') {
    throw new FetchRefusedError('only https addresses without credentials are fetched');
  }
  const signal = AbortSignal.timeout(options.timeoutMs ?? 3_000);
  const address = await resolveOnce(bareHost(target.hostname), options.isAllowedAddress, signal);
  const response = await get(target, { address, signal, ca: options.ca });
  try {
    if (response.statusCode !== 200) throw new FetchRefusedError(`the answer has status ${response.statusCode}`);
    return await readAtMost(response, options.maxBytes ?? 131_072);
  } finally {
    response.destroy();
  }
}

/** What was fetched is never part of the message: the caller must learn nothing about a network that is not theirs. */
export class FetchRefusedError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'FetchRefusedError';
  }
}

async function resolveOnce(
  host: string,
  isAllowed: (address: string) => boolean,
  signal: AbortSignal,
): Promise<LookupAddress> {
  const family = isIP(host);
  const answers = family === 0 ? await lookup(host, signal) : [{ address: host, family }];
  const [first] = answers;
  if (first === undefined || !answers.every((answer) => isAllowed(answer.address))) {
    throw new FetchRefusedError('the host does not have public addresses only');
  }
  return first;
}

/** getaddrinfo cannot be cancelled; it is left behind when the time is up. */
async function lookup(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  const timeUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new FetchRefusedError('the host was not found in time')), {
      once: true,
    });
  });
  try {
    return await Promise.race([dns.lookup(host, { all: true }), timeUp]);
  } catch (error) {
    throw error instanceof FetchRefusedError
      ? error
      : new FetchRefusedError('the host was not found', { cause: error });
  }
}

function get(
  target: URL,
  options: { readonly address: LookupAddress; readonly signal: AbortSignal; readonly ca: string | undefined },
): Promise<IncomingMessage> {
  const { address, signal, ca } = options;
  return new Promise((resolve, reject) => {
    const call = request(target, {
      // The name stays for SNI, the certificate and the Host header; the address is the one that was checked.
      lookup: (_host, wanted, found) =>
        wanted.all === true ? found(null, [address]) : found(null, address.address, address.family),
      agent: false,
      headers: { accept: 'application/jwk-set+json, application/json' },
      signal,
      ca,
    });
    call.once('response', resolve);
    call.once('error', (cause) => reject(new FetchRefusedError('the host could not be reached', { cause })));
    call.end();
  });
}

async function readAtMost(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw new FetchRefusedError(`the answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof FetchRefusedError ? error : new FetchRefusedError('the answer broke off', { cause: error });
  }
  return Buffer.concat(chunks);
}

function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
