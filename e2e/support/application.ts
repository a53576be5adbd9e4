import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { selfSigned } from '../../packages/server/test/platform/self-signed.js';
import { APPLICATION_HOST } from './browser.js';

/** What a browser brought back to the application. */
export interface Arrival {
  readonly method: string;
  readonly url: URL;
  readonly body: URLSearchParams;
}

/** An application that waits for answers: on a loopback address, as programs do, and on a host of its own with https. */
export interface Application {
  readonly callback: string;
  readonly secureCallback: string;
  readonly arrivals: Arrival[];
  stop(): Promise<void>;
}

export async function startApplication(): Promise<Application> {
  const arrivals: Arrival[] = [];
  const receive: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://application');
      if (url.pathname === '/callback' || url.pathname === '/bye')
        arrivals.push({ method: request.method ?? '', url, body: new URLSearchParams(body) });
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Application</title><h1>Back</h1>');
    });
  };
  const plain = createServer(receive);
  const secure = createSecureServer(selfSigned(), receive);
  await Promise.all([listen(plain), listen(secure)]);
  return {
    callback: `http://127.0.0.1:${portOf(plain)}/callback`,
    secureCallback: `https://${APPLICATION_HOST}:${portOf(secure)}/callback`,
    arrivals,
    async stop() {
      for (const server of [plain, secure]) server.closeAllConnections();
      await Promise.all([plain, secure].map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, '127.0.0.1', done));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
