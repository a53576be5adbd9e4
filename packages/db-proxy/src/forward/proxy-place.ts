import { request as requestClear } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** Where a proxy is, and whether it speaks TLS. */
export interface ProxyPlace {
  readonly host: string;
  readonly port: number;
  readonly tls: { /** Whom to believe beside the authorities that Node knows. */ readonly ca?: Buffer } | undefined;
}

const PATIENCE_MS = 10_000;

/** A connection to the proxy on which PostgreSQL can be spoken. */
export function openProxy({ host, port, tls }: ProxyPlace): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const onOpen = (): void => {
      socket.setTimeout(0);
      resolve(socket);
    };
    const socket =
      tls === undefined
        ? connect(port, host, onOpen)
        : connectTls(
            { host, port, ...tls, ALPNProtocols: ['postgresql'], ...(isIP(host) === 0 ? { servername: host } : {}) },
            onOpen,
          );
    socket.setNoDelay(true);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('it does not answer')));
    socket.once('error', (error) =>
      reject(new Error(`the database proxy at ${host}:${port} cannot be reached: ${error.message}`)),
    );
  });
}

/** Tells the proxy the newest token, so that what an older one began goes on. */
export async function prolongSessions({ host, port, tls }: ProxyPlace, token: () => Promise<string>): Promise<void> {
  const headers = { authorization: `Bearer ${await token()}` };
  await new Promise<void>((resolve, reject) => {
    const options = { host, port, path: '/session', method: 'POST', headers, timeout: PATIENCE_MS };
    const request = tls === undefined ? requestClear(options) : requestTls({ ...options, ...tls });
    request.once('timeout', () => request.destroy(new Error('it does not answer')));
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      response.once('end', resolve);
    });
    request.end();
  });
}
