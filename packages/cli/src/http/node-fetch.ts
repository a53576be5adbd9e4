import type { IncomingMessage } from 'node:http';
import type { HttpFetch, HttpResponse } from '@authly/admin-api/client';

/** A fetch for one process that sends a few requests: Node's own loads a whole HTTP client that costs more than the command itself. */

/** An answer of this size is not from the admin API; a file that never ends must not fill the memory. */
const MAX_BODY = 64 * 1024 * 1024;

/** Sends requests over node:http and node:https. Redirects are never followed. */
export function createNodeFetch(): HttpFetch {
  return async (url, asked) => {
    const { hostname, host, protocol } = new URL(url);
    if (hostname !== 'localhost' || protocol !== 'http:') return send(url, asked, {});
    try {
      // To look the name up costs more than to ask: nearly always this is what it stands for.
      return await send(url, { ...asked, headers: { ...asked.headers, Host: host } }, { hostname: '127.0.0.1' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error;
      return send(url, asked, {});
    }
  };
}

type Asked = Parameters<HttpFetch>[1];

async function send(
  url: string,
  { method, headers, body, signal }: Asked,
  place: { readonly hostname?: string },
): Promise<HttpResponse> {
  // Encryption is half of what there is to load, and a server on this computer has none.
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  // Without encryption nobody needs to be told a server name, and to work it out takes Node longer than the connection.
  const name = url.startsWith('https:') ? {} : { servername: '' };
  const options = { method, headers: { ...headers, ...length }, agent: false, ...name, ...place } as const;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options);
    signal?.addEventListener('abort', () => outgoing.destroy(new Error('the request was cancelled')), { once: true });
    outgoing.once('response', (incoming) => resolve(responseOf(incoming)));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function responseOf(incoming: IncomingMessage): HttpResponse {
  const status = incoming.statusCode ?? 0;
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => header(incoming, name) },
    text: () => textOf(incoming),
    body: incoming,
  };
}

function header(incoming: IncomingMessage, name: string): string | null {
  const value = incoming.headers[name.toLowerCase()];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

async function textOf(incoming: AsyncIterable<Buffer> & { destroy(): void }): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error(`the answer is larger than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
