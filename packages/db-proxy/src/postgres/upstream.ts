import type { Duplex } from 'node:stream';
import { connect } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { writeInt } from './codec/messages.js';

/** A client of `pg` that has logged in. */
export interface OpenClient {
  readonly client: Client;
  readonly stream: () => Duplex;
  /** Asks the server to end what the connection does. */
  cancel(): void;
}

/** A connection to the database, logged in and idle, of which nobody but the session reads. */
export interface Upstream {
  readonly stream: Duplex;
  /** What the server said of itself: name → value. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Asks the server to end what the connection does. */
  cancel(): void;
}

/** The parts of a client of `pg` that are taken over once it has logged in. */
interface Insides {
  readonly connection: {
    readonly stream: Duplex;
    on(event: 'parameterStatus', listener: (message: { parameterName: string; parameterValue: string }) => void): void;
  };
  readonly processID: number;
  readonly secretKey: number;
}

/** A database that does not answer keeps a login waiting no longer. */
const PATIENCE_MS = 10_000;

/** Logs in with `pg`, which knows every way to do so. */
export async function openClient(
  config: ClientConfig,
  settings: ReadonlyMap<string, string>,
  onParameter: (name: string, value: string) => void = () => undefined,
): Promise<OpenClient> {
  const client = new Client({
    connectionTimeoutMillis: PATIENCE_MS,
    ...config,
    options: [...settings].map(writeOption).join(' '),
  });
  // Whoever takes the connection over sees its end there.
  client.on('error', () => undefined);
  const insides = client as unknown as Insides;
  insides.connection.on('parameterStatus', ({ parameterName, parameterValue }) =>
    onParameter(parameterName, parameterValue),
  );
  await client.connect();
  return { client, stream: () => insides.connection.stream, cancel: () => sendCancel(client, insides) };
}

/** A connection that `pg` has made, without `pg`. */
export async function openUpstream(
  config: ClientConfig,
  settings: ReadonlyMap<string, string>,
  encoding: string | undefined,
): Promise<Upstream> {
  const parameters = new Map<string, string>();
  const opened = await openClient(config, settings, (name, value) => parameters.set(name, value));
  try {
    if (encoding !== undefined)
      await opened.client.query("select pg_catalog.set_config('client_encoding', $1, false)", [encoding]);
  } catch (error) {
    await opened.client.end();
    throw error;
  }
  const stream = opened.stream();
  stream.removeAllListeners('data');
  stream.removeAllListeners('error');
  return { stream, parameters, cancel: opened.cancel };
}

/** As PostgreSQL splits its command line: at white space, unless a backslash stands before it. */
function writeOption([name, value]: readonly [string, string]): string {
  return `-c ${name}=${value.replace(/[\s\\]/g, '\\$&')}`;
}

function sendCancel(client: Client, { processID, secretKey }: Insides): void {
  const path = client.host.startsWith('/') ? `${client.host}/.s.PGSQL.${client.port}` : undefined;
  const socket = path === undefined ? connect(client.port, client.host) : connect(path);
  socket.on('error', () => socket.destroy());
  socket.end(Buffer.concat([16, 80_877_102, processID, secretKey].map(writeInt)));
}
