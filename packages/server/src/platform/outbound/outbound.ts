import { type Outbound, OutboundError } from '../../ports/outbound.js';
import { isLoopback, isPublicAddress, withinNetworks } from './public-address.js';
import { type Lookup, type Reply, send } from './request.js';

export interface OutboundOptions {
  /** Private networks that the operator opened. */
  readonly networks: readonly string[];
  /** The server itself is on this machine alone: then addresses of this machine may be called, without TLS too. */
  readonly isLocal?: boolean;
  /** How each call went, for metrics. */
  readonly observe: (purpose: string, seconds: number, outcome: 'success' | 'error') => void;
  readonly logger: { warn(fields: object, message: string): void };
  readonly ca?: string;
  readonly lookup?: Lookup;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const isOpened = withinNetworks(options.networks);
  const { ca, lookup, isLocal = false } = options;
  const isAllowedAddress = (address: string): boolean =>
    isPublicAddress(address) || isOpened(address) || (isLocal && isLoopback(address));

  async function observe<T>(purpose: string, url: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let outcome: 'success' | 'error' = 'error';
    try {
      const result = await work();
      outcome = 'success';
      return result;
    } catch (err) {
      const host = URL.canParse(url) ? new URL(url).host : '';
      options.logger.warn({ err, purpose, host }, 'a call to an address of somebody else failed');
      throw err;
    } finally {
      options.observe(purpose, (performance.now() - startedAt) / 1000, outcome);
    }
  }

  return {
    fetchDocument: (url, { purpose, types, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES }) =>
      observe(purpose, url, async () => {
        const limits = { isAllowedAddress, timeoutMs, maxBytes, isLocal, ca, lookup };
        const reply = await send(url, { method: 'GET', headers: { accept: types.join(', ') } }, limits);
        if (reply.status !== 200) throw new OutboundError(`the answer has status ${reply.status}`);
        if (!isOneOf(types, reply)) throw new OutboundError('the answer is of another media type');
        return reply.body;
      }),

    postForm: (url, form, { purpose, timeoutMs = TIMEOUT_MS }) =>
      observe(purpose, url, async () => {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const limits = { isAllowedAddress, timeoutMs, maxBytes: MAX_BYTES, isLocal, ca, lookup };
        const body = new URLSearchParams(form).toString();
        return (await send(url, { method: 'POST', headers, body }, limits)).status;
      }),
  };
}

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 131_072;

/** Files on a plain web server may come without a type; one that says what it is must be what was asked for. */
function isOneOf(types: readonly string[], { type }: Reply): boolean {
  const named = type?.split(';')[0]?.trim().toLowerCase();
  return named === undefined || types.includes(named);
}
