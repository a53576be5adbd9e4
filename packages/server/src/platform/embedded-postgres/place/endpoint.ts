/**
 * Where PostgreSQL listens: a unix socket in a directory that only its account (and root) can enter. The loopback address
 * is used only when no directory can hold a socket, or when the caller asks for it.
 */

import { chmod, lchown, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { closedDirectory, type Account } from './account.js';

export interface Endpoint {
  readonly kind: 'socket' | 'tcp';
  /** The socket directory, or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  /** A directory outside of the data that must be removed when the server stops. */
  readonly scratch?: string;
}

/** sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const SOCKET_PATH_BYTES = 103;
const SOCKET_PORT = 5432;

export async function chooseEndpoint(
  home: string,
  account: Account,
  options: { readonly transport?: 'socket' | 'tcp' } = {},
): Promise<Endpoint> {
  if (options.transport === 'tcp') {
    return loopback();
  }
  const own = path.join(home, 'postgres.socket');
  if (fits(own)) {
    await mkdir(own, { recursive: true });
    await makePrivate(own, account);
    if (await canHoldSocket(own)) {
      return { kind: 'socket', host: own, port: SOCKET_PORT };
    }
  }
  const temporary = await makeTemporaryDirectory('authly-socket-', account);
  if (fits(temporary) && (await canHoldSocket(temporary))) {
    return { kind: 'socket', host: temporary, port: SOCKET_PORT, scratch: temporary };
  }
  await rm(temporary, { recursive: true, force: true });
  return loopback();
}

/** A new directory below the first temporary directory that the account can reach, owned by it and closed to others. */
export async function makeTemporaryDirectory(prefix: string, account: Account): Promise<string> {
  const parents = [os.tmpdir(), '/tmp', '/var/tmp'];
  const parent = parents.find((candidate) => closedDirectory(candidate, account) === undefined) ?? os.tmpdir();
  const directory = await mkdtemp(path.join(await realpath(parent), prefix));
  await makePrivate(directory, account);
  return directory;
}

/** Gives the directory to the account alone. */
export async function makePrivate(directory: string, account: Account): Promise<void> {
  await chmod(directory, 0o700);
  if (account.switched) {
    await lchown(directory, account.uid, account.gid);
  }
}

function fits(directory: string): boolean {
  return Buffer.byteLength(path.join(directory, `.s.PGSQL.${SOCKET_PORT}`)) <= SOCKET_PATH_BYTES;
}

/** Some mounted file systems (shared folders of virtual machines) store files but no sockets. */
function canHoldSocket(directory: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(path.join(directory, '.probe'), () => server.close(() => resolve(true)));
  });
}

function loopback(): Promise<Endpoint> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve({ kind: 'tcp', host: '127.0.0.1', port }));
    });
  });
}
