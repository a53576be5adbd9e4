import { timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProtocolFault } from '../postgres/codec/frames.js';
import { writeError, writeInt, writeMessage, writeText } from '../postgres/codec/messages.js';
import { type FirstPacket, readFirstPacket } from '../postgres/codec/start-up.js';
import { readUntil } from '../postgres/read-until.js';
import { openProxy, prolongSessions, type ProxyPlace } from './proxy-place.js';

export interface ForwarderSettings {
  readonly proxy: ProxyPlace;
  /** A socket that only this person reaches, or an address of this machine. */
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  /** What local programs have to give as their password; left out where nobody else reaches the socket. */
  readonly password?: string;
  /** A token that is good for a while. */
  readonly token: () => Promise<string>;
}

export interface Forwarder {
  /** 0 for a socket in a folder. */
  readonly port: number;
  stop(): Promise<void>;
}

const RENEW_EVERY_MS = 20_000;

/** Takes connections of PostgreSQL clients of this machine, and logs each of them in to the proxy with a fresh token. */
export async function forwardPostgres(settings: ForwarderSettings): Promise<Forwarder> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
    serve(socket, settings).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      socket.end(writeError({ code: '08006', message }, 'FATAL'));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(settings.listen, resolve);
  });
  // Sessions end with their token, unless a newer one of the same login arrives in time.
  const renewal = setInterval(() => {
    if (open.size > 0) void prolongSessions(settings.proxy, settings.token).catch(() => undefined);
  }, RENEW_EVERY_MS);
  const address = server.address();
  return {
    port: typeof address === 'object' ? ((address as AddressInfo | null)?.port ?? 0) : 0,
    async stop() {
      clearInterval(renewal);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function serve(client: Socket, { proxy, password, token }: ForwarderSettings): Promise<void> {
  const packet = await readStartUp(client, proxy);
  if (packet === undefined) return;
  if (password !== undefined && !(await knowsPassword(client, password))) {
    client.end(writeError({ code: '28P01', message: 'this is not the password of the forwarder' }, 'FATAL'));
    return;
  }
  const fresh = await token();
  const server = await openProxy(proxy);
  server.on('error', () => client.destroy());
  client.once('close', () => server.destroy());
  server.write(writeStartUp(packet));
  if (!(await answerWithToken(server, client, fresh))) return;
  server.pipe(client);
  client.pipe(server);
}

/** The packet with which a client begins; its requests for encryption are declined, and to cancel is passed on. */
async function readStartUp(client: Socket, proxy: ProxyPlace): Promise<StartUp | undefined> {
  for (let tries = 0; tries < 4; tries += 1) {
    const found = await readUntil(client, (bytes) => {
      const first = readFirstPacket(bytes);
      return first && { ...first, raw: Buffer.from(bytes.subarray(0, first.length)) };
    });
    if (found === undefined) return undefined;
    if (found.packet.kind === 'start-up') return found.packet;
    if (found.packet.kind === 'cancel') {
      const server = await openProxy(proxy);
      server.on('error', () => server.destroy()).end(found.raw);
      client.destroy();
      return undefined;
    }
    client.write('N');
  }
  throw new ProtocolFault('one request for encryption after the other');
}

type StartUp = Extract<FirstPacket, { kind: 'start-up' }>;

/** What the client said, but for its name: that is the token's to tell. */
function writeStartUp({ minor, parameters }: StartUp): Buffer {
  const words = [...parameters].filter(
    ([name, value]) => name !== 'user' && !(name === 'database' && value === parameters.get('user')),
  );
  const body = Buffer.concat([
    writeInt((3 << 16) + minor),
    ...[['user', 'token'], ...words].flat().map(writeText),
    Buffer.alloc(1),
  ]);
  return Buffer.concat([writeInt(body.length + 4), body]);
}

/** Gives the token when the proxy asks for it. What comes instead is the client's to read; false when the proxy has left. */
async function answerWithToken(server: Duplex, client: Socket, token: string): Promise<boolean> {
  for (;;) {
    const message = await readUntil(server, readMessage);
    if (message === undefined) {
      client.end();
      return false;
    }
    if (message.type === 'R' && message.bytes.readInt32BE(5) === 3) {
      server.write(writeMessage('p', writeText(token)));
      return true;
    }
    client.write(message.bytes);
    if (message.type === 'E') {
      client.end();
      return false;
    }
  }
}

async function knowsPassword(client: Socket, password: string): Promise<boolean> {
  client.write(writeMessage('R', writeInt(3)));
  const message = await readUntil(client, readMessage);
  const expected = writeText(password);
  const given = message?.type === 'p' ? message.bytes.subarray(5) : Buffer.alloc(0);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const LONGEST = 100_000;

function readMessage(bytes: Buffer): { type: string; bytes: Buffer; length: number } | undefined {
  if (bytes.length < 5) return undefined;
  const length = bytes.readInt32BE(1) + 1;
  if (length < 5 || length > LONGEST) throw new ProtocolFault('this is no database proxy');
  if (bytes.length < length) return undefined;
  return { type: String.fromCharCode(bytes[0] ?? 0), bytes: Buffer.from(bytes.subarray(0, length)), length };
}
