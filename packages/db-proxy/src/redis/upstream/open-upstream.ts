import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Login } from './acl-users.js';
import { ReplyScanner } from '../codec/replies.js';
import { type Protocol, writeCommand } from '../codec/values.js';

/** Where the server is. */
export interface UpstreamAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string | undefined;
  readonly isTls: boolean;
  readonly database: string;
  /** Who logs in where the server has no user for each caller. */
  readonly login: Login | undefined;
}

const PATIENCE_MS = 5000;

export function readAddress(text: string): UpstreamAddress {
  const url = new URL(text);
  const isSocket = url.protocol === 'unix:' || text.startsWith('/');
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(url.port || 6379),
    path: isSocket ? decodeURIComponent(url.pathname) : undefined,
    isTls: url.protocol === 'rediss:',
    database: isSocket ? (url.searchParams.get('db') ?? '0') : url.pathname.slice(1) || '0',
    login:
      url.password === ''
        ? undefined
        : { user: decodeURIComponent(url.username) || 'default', password: decodeURIComponent(url.password) },
  };
}

/** A connection that is logged in and speaks `protocol`. */
export async function openUpstream(
  address: UpstreamAddress,
  login: Login | undefined,
  protocol: Protocol,
): Promise<Socket> {
  const { host, port, path, isTls, database } = address;
  const socket = isTls
    ? connectTls({ host, port, servername: /^[\d.:]+$/.test(host) ? '' : host, ALPNProtocols: [] })
    : path === undefined
      ? connect({ host, port })
      : connect({ path });
  // What an error ends is seen by its end.
  socket.on('error', () => socket.destroy());
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  const greeting = [
    ...(login === undefined ? [] : [writeCommand('AUTH', login.user, login.password)]),
    ...(protocol === 3 ? [writeCommand('HELLO', '3')] : []),
    ...(database === '0' ? [] : [writeCommand('SELECT', database)]),
    writeCommand('PING'),
  ];
  socket.write(Buffer.concat(greeting));
  try {
    await readReplies(socket, greeting.length);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function readReplies(socket: Socket, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const scanner = new ReplyScanner();
    let left = count;
    const done = (error?: Error): void => {
      clearTimeout(late);
      socket.off('data', read).off('error', done).off('close', closed);
      socket.pause();
      if (error === undefined) resolve();
      else reject(error);
    };
    const late = setTimeout(() => done(new Error('the database does not answer')), PATIENCE_MS);
    const closed = (): void => done(new Error('the database closed the connection'));
    const read = (chunk: Buffer): void => {
      for (let at = 0; at < chunk.length; ) {
        if (scanner.isBetween && chunk[at] === ERROR) return done(new Error('the database lets the proxy not in'));
        const end = scanner.scan(chunk, at);
        if (end === -1) return;
        at = end;
        left -= 1;
      }
      if (left <= 0) done();
    };
    socket.on('data', read).on('error', done).on('close', closed);
  });
}

const ERROR = '-'.charCodeAt(0);
