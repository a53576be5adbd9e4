/** A door in front of a database that tests can shut: connections through it end, stall, or are refused. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  shut(): Promise<void>;
  /** Accepts connections again. */
  open(): Promise<void>;
  /** Lets nothing through any more, without a word. */
  stall(): void;
}

export async function openProxy(target: { readonly host: string; readonly port: number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const server = createServer((downstream) => {
    // a directory holds a Unix socket
    const upstream = target.host.startsWith('/')
      ? connect(`${target.host}/.s.PGSQL.${target.port}`)
      : connect(target.port, target.host);
    for (const [from, to] of [
      [downstream, upstream],
      [upstream, downstream],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => (isStalled ? undefined : to.write(chunk)));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    shut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: async () => {
      isStalled = false;
      await listen(port);
    },
    stall: () => {
      isStalled = true;
    },
  };
}

/** The same connection string, leading through these doors in this order. */
export function through(url: string, ...doors: readonly Pick<Proxy, 'port'>[]): string {
  const { username, password, pathname } = new URL(url);
  return `postgres://${username}:${password}@${doors.map(({ port }) => `127.0.0.1:${port}`).join(',')}${pathname}`;
}

/** Where a connection string leads. */
export function targetOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: decodeURIComponent(hostname), port: Number(port) };
}
