/** Requests of a benchmark's client: kept-alive connections, cookie jars, and many pieces of work at once. */
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';

export const CONNECTIONS = 32;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

export function closeConnections() {
  agent.destroy();
}

/** Runs one piece of work over and over on every connection until the time is over. Answers `{ done, failed }`. */
export async function crowd(until, piece, width = CONNECTIONS) {
  const counts = { done: 0, failed: 0 };
  await Promise.all(
    Array.from({ length: width }, async (_, index) => {
      let state;
      while (performance.now() < until) {
        try {
          state = await piece(state, index);
          counts.done += 1;
        } catch (error) {
          counts.failed += 1;
          if (counts.failed > 50) throw error;
          state = undefined;
        }
      }
    }),
  );
  return counts;
}

/** One request. `cookies` is a jar: it is sent, and takes what the answer sets. */
export function send(url, { method = 'POST', form, json, headers = {}, cookies } = {}) {
  const body =
    json !== undefined ? JSON.stringify(json) : form === undefined ? '' : new URLSearchParams(form).toString();
  const type = json !== undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(url),
      {
        method,
        agent,
        headers: {
          ...(body !== '' && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
          ...(cookies !== undefined && { cookie: cookieHeader(cookies) }),
          ...headers,
        },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) keepCookie(cookies, line);
          resolve({
            status: response.statusCode,
            location: response.headers.location,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function cookieHeader(cookies) {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

function keepCookie(cookies, line) {
  if (cookies === undefined) return;
  const [pair] = line.split(';');
  cookies[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
}

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
