import type { IncomingMessage } from 'node:http';
import type { HttpFetch, HttpResponse } from '@authly/admin-api/client';

/** A fetch for one process that sends a few requests: Node's own loads a whole HTTP client that costs more than the command itself. */

/** An answer of this size is not from the admin API; a file that never ends must not fill the memory. */
const MAX_BODY = 64 * 1024 * 1024;

/** Sends requests over node:http and node:https. Redirects are never followed. */
export function createNodeFetch(): HttpFetch {
  return async (url, { method, headers, body, signal }) => {
    // Encryption is half of what there is to load, and a server on this computer has none.
    const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers: { ...headers, ...length }, signal, agent: false });
      outgoing.once('response', (incoming) => resolve(responseOf(incoming)));
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  };
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
