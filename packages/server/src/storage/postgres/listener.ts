/** Hears of changes to what every process holds a snapshot of, over a connection of its own. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { StorageLogger } from '../logger.js';
import { connectToFirst, databaseHosts } from './connection/hosts.js';

export interface ListenerOptions {
  /** Without one nothing is heard, and snapshots are looked at again as often as while the connection is lost. */
  readonly connectionString: string | undefined;
  /** The pause before a lost connection is made again. */
  readonly reconnectSeconds: number;
  readonly logger: StorageLogger;
  /** The table that changed. */
  readonly onChange: (table: string) => void;
  /** Listening has begun, again or for the first time: anything may have changed before. */
  readonly onListening: () => void;
}

export interface Listener {
  isListening(): boolean;
  close(): Promise<void>;
}

/** Begins to listen in the background and goes on until it is closed. */
export function startListener(options: ListenerOptions): Listener {
  const closing = new AbortController();
  const state = { isListening: false };
  const { connectionString } = options;
  const running =
    connectionString === undefined
      ? Promise.resolve()
      : run({ ...options, connectionString }, { state, signal: closing.signal });
  return {
    isListening: () => state.isListening,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

type Listening = ListenerOptions & { readonly connectionString: string };

interface Running {
  readonly state: { isListening: boolean };
  readonly signal: AbortSignal;
}

async function run(options: Listening, { state, signal }: Running): Promise<void> {
  while (!signal.aborted) {
    try {
      await listen(options, { state, signal });
    } catch (error) {
      options.logger.warn({ err: error }, 'not listening for changes');
    }
    state.isListening = false;
    await pause(options.reconnectSeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

// A connection that silently leads nowhere is noticed after both, and changes are asked for again until there is another one.
const HEARTBEAT_MS = 2000;
const HEARTBEAT_PATIENCE_MS = 2000;

/** Ends when the connection does. */
async function listen(options: Listening, { state, signal }: Running): Promise<void> {
  const client = await connectToFirst(databaseHosts(options.connectionString), {
    application_name: 'authly-listener',
    connectionTimeoutMillis: 5000,
    query_timeout: HEARTBEAT_PATIENCE_MS,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  const close = (): void => {
    state.isListening = false;
    void client.end().catch(() => undefined);
  };
  const heartbeat = setInterval(() => void client.query('select 1').catch(close), HEARTBEAT_MS).unref();
  signal.addEventListener('abort', close, { once: true });
  try {
    client.on('notification', ({ payload }) => options.onChange(payload ?? ''));
    await client.query('listen authly_changed');
    state.isListening = true;
    options.onListening();
    if (signal.aborted) close();
    await ended;
  } finally {
    clearInterval(heartbeat);
    signal.removeEventListener('abort', close);
    await closeQuietly(client);
  }
}

async function closeQuietly(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
