import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { isLoopback } from '../http/loopback.js';
import { ProtocolFault } from './codec/frames.js';
import { writeInt, writeMessage, writeText } from './codec/messages.js';
import { type FirstPacket, readFirstPacket } from './codec/start-up.js';
import { endWith, type House } from './house.js';
import { readWish } from './login.js';
import { readUntil } from './read-until.js';
import { openSession } from './relay.js';

const LOGIN_MS = 10_000;
const LONGEST_PASSWORD = 65_536 + 5;
const TLS_HANDSHAKE = 0x16;

/** Serves one connection from its first byte to its last. */
export async function serveConnection(socket: Socket, house: House): Promise<void> {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  socket.on('error', () => socket.destroy());
  const tooSlow = setTimeout(() => socket.destroy(), LOGIN_MS);
  const onLogin = (): void => clearTimeout(tooSlow);
  let stream: Duplex = socket;
  try {
    const opened = await readOpening(socket, house);
    if (opened === undefined) return;
    stream = opened.stream;
    if (opened.packet === 'http') {
      onLogin();
      house.http.serve(stream, { mayLogIn: mayLogIn(stream, socket) });
      return;
    }
    await logIn(opened.stream, opened.packet, { house, onLogin, address: socket.remoteAddress });
  } catch (error) {
    if (error instanceof ProtocolFault) endWith(stream, { code: '08P01', message: error.message });
    else {
      house.metrics.upstreamErrors.inc();
      house.audit('fault', { code: (error as { code?: unknown }).code ?? 'unknown' });
      endWith(stream, { code: '57P03', message: 'the database does not answer' });
    }
  } finally {
    onLogin();
  }
}

type StartUp = Extract<FirstPacket, { kind: 'start-up' }>;

/** Without TLS a password would be read by everybody on the way. */
function mayLogIn(stream: Duplex, socket: Socket): boolean {
  return stream instanceof TLSSocket || isLoopback(socket.remoteAddress);
}

/** Tells by the first bytes what a connection is, and again inside of TLS. */
async function readOpening(
  socket: Socket,
  house: House,
): Promise<{ stream: Duplex; packet: StartUp | 'http' } | undefined> {
  let stream: Duplex = socket;
  for (let tries = 0; tries < 4; tries += 1) {
    const first = await readUntil(stream, (bytes) => ({ byte: bytes[0] ?? 0, length: 0 }));
    if (first === undefined) return undefined;
    // A packet of PostgreSQL begins with its length, which is never that long.
    if (first.byte >= 0x41 && first.byte <= 0x5a) return { stream, packet: 'http' };
    if (first.byte === TLS_HANDSHAKE && !(stream instanceof TLSSocket) && house.certificate !== undefined) {
      stream = startTls(socket, house.certificate);
      continue;
    }
    const found = await readUntil(stream, readFirstPacket);
    if (found === undefined) return undefined;
    const { packet } = found;
    if (packet.kind === 'cancel') {
      house.cancels.get(packet.key)?.();
      socket.destroy();
      return undefined;
    }
    if (packet.kind === 'start-up') {
      if (mayLogIn(stream, socket)) return { stream, packet };
      endWith(stream, { code: '28000', message: 'logins from other machines need TLS (sslmode=require)' });
      return undefined;
    }
    // What comes behind the request in clear would be read as if it had been encrypted.
    if (stream.readableLength > 0) throw new ProtocolFault('bytes before the answer to a request for encryption');
    if (packet.kind === 'gss' || house.certificate === undefined || stream instanceof TLSSocket) stream.write('N');
    else {
      stream.write('S');
      stream = startTls(socket, house.certificate);
    }
  }
  throw new ProtocolFault('one request for encryption after the other');
}

function startTls(socket: Socket, certificate: { readonly cert: Buffer; readonly key: Buffer }): TLSSocket {
  const stream = new TLSSocket(socket, {
    isServer: true,
    ...certificate,
    ALPNProtocols: ['postgresql', 'http/1.1'],
    minVersion: 'TLSv1.2',
  });
  stream.on('error', () => socket.destroy());
  return stream;
}

interface Reception {
  readonly house: House;
  readonly onLogin: () => void;
  readonly address: string | undefined;
}

async function logIn(stream: Duplex, packet: StartUp, { house, onLogin, address }: Reception): Promise<void> {
  const wish = readWish(packet.parameters, house.database);
  const minor = negotiate(stream, packet);
  if ('code' in wish) return endWith(stream, wish);
  stream.write(writeMessage('R', writeInt(3)));
  const password = await readUntil(stream, readPassword);
  // Whoever asks a person for the password first leaves here, and comes again.
  if (password === undefined) return;
  const admission = await house.admissions.admit(wish.user, password.text);
  if ('code' in admission) {
    house.audit('refused', { code: admission.code, reason: admission.message, address });
    await wait(randomInt(500, 1000));
    return endWith(stream, admission);
  }
  onLogin();
  await openSession(stream, { wish, admission, token: password.text, address, cancelKey: minor >= 2 ? 32 : 4 }, house);
}

/** Answers the minor version that is spoken: 0 or 2. Clients of plain 3.0 break when they are told of it. */
function negotiate(stream: Duplex, { minor, options }: StartUp): number {
  const spoken = minor >= 2 ? 2 : 0;
  if (minor !== spoken || options.length > 0)
    stream.write(writeMessage('v', writeInt((3 << 16) + spoken), writeInt(options.length), ...options.map(writeText)));
  return spoken;
}

function readPassword(bytes: Buffer): { readonly text: string; readonly length: number } | undefined {
  if (bytes.length < 5) return undefined;
  const length = bytes.readInt32BE(1) + 1;
  if (bytes[0] !== 0x70 || length < 6 || length > LONGEST_PASSWORD) throw new ProtocolFault('a password was expected');
  if (bytes.length < length) return undefined;
  if (bytes[length - 1] !== 0) throw new ProtocolFault('a password that does not end');
  return { text: bytes.toString('utf8', 5, length - 1), length };
}
