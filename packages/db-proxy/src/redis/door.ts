import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { errorLine, writeValue } from './codec/values.js';
import { serveResp } from './connection.js';
import type { House } from './house.js';

const FIRST_BYTES_MS = 10_000;
const TLS_HANDSHAKE = 0x16;
const ARRAY = '*'.charCodeAt(0);

/** Serves one connection: what it is, its first bytes tell. */
export function serveConnection(socket: Socket, house: House): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  socket.on('error', () => socket.destroy());
  decide(socket, socket, house);
}

function decide(stream: Duplex, socket: Socket, house: House): void {
  const tooSlow = setTimeout(() => socket.destroy(), FIRST_BYTES_MS);
  stream.once('close', () => clearTimeout(tooSlow));
  stream.once('data', (chunk: Buffer) => {
    clearTimeout(tooSlow);
    stream.pause();
    if (chunk[0] === TLS_HANDSHAKE && house.certificate !== undefined && stream === socket) {
      stream.unshift(chunk);
      const encrypted = new TLSSocket(socket, { isServer: true, ...house.certificate, minVersion: 'TLSv1.2' });
      encrypted.on('error', () => socket.destroy());
      decide(encrypted, socket, house);
      return;
    }
    stream.unshift(chunk);
    if (chunk[0] === ARRAY) serveResp(stream, socket, house);
    else stream.end(writeValue(errorLine('ERR inline commands are not served')));
  });
}
