/** Which database server to talk to when the connection string names several. */
import { Client, type ClientConfig } from 'pg';
import { DatabaseUnavailableError } from '../../../ports/store/unavailable.js';

/** The servers that a connection string names, in order, and whether only one that takes writes will do. */
export interface DatabaseHosts {
  /** One connection string a server. */
  readonly urls: readonly string[];
  readonly mustTakeWrites: boolean;
}

/** Reads a connection string as libpq does: hosts separated by commas, `target_session_attrs` as a parameter. */
export function databaseHosts(connectionString: string): DatabaseHosts {
  const parts = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^/?#]*)([^?#]*)(?:\?([^#]*))?$/.exec(connectionString);
  const [, head = '', authority = '', path = '', query = ''] = parts ?? [];
  if (parts === null || authority === '') return { urls: [connectionString], mustTakeWrites: false };
  const parameters = query.split('&').filter((parameter) => parameter !== '');
  const wanted = parameters.find((parameter) => parameter.startsWith(ATTRIBUTES))?.slice(ATTRIBUTES.length);
  const kept = parameters.filter((parameter) => !parameter.startsWith(ATTRIBUTES)).join('&');
  const hosts = authority.split(',').filter((host) => host !== '');
  return {
    urls: hosts.map((host) => `${head}${host}${path}${kept === '' ? '' : `?${kept}`}`),
    // a standby is of no use to a server that writes: with several hosts, looking for the primary is the default
    mustTakeWrites: wanted === undefined ? hosts.length > 1 : wanted === 'read-write' || wanted === 'primary',
  };
}

/** Connects to the first server that answers and, where it matters, takes writes. */
export async function connectToFirst(hosts: DatabaseHosts, config: ClientConfig): Promise<Client> {
  let failure: unknown;
  for (const connectionString of hosts.urls) {
    const client = new Client({ ...config, connectionString });
    // without a listener a connection lost later would end the process; the pending query reports it
    client.on('error', () => undefined);
    try {
      await client.connect();
      if (!hosts.mustTakeWrites || (await takesWrites(client))) return client;
      failure = new Error('the server does not take writes');
    } catch (error) {
      failure = error;
    }
    await client.end().catch(() => undefined);
  }
  throw new DatabaseUnavailableError(failure);
}

/** Tells a primary from a standby, as `target_session_attrs=read-write` does. */
export async function takesWrites(client: Pick<Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ writable: boolean }>(
    `select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable`,
  );
  return rows[0]?.writable === true;
}

const ATTRIBUTES = 'target_session_attrs=';

/** Remembers which of the servers is the one to use, and moves on when it fails. */
export interface HostChoice {
  readonly current: number;
  readonly url: string | undefined;
  readonly count: number;
  /** Whoever notices first moves on to the next server; those who saw the same one fail follow. */
  failed(index: number): void;
}

export function chooseHost(hosts: DatabaseHosts): HostChoice {
  let current = 0;
  return {
    get current() {
      return current;
    },
    get url() {
      return hosts.urls[current];
    },
    count: hosts.urls.length,
    failed: (index) => {
      if (index === current) current = (current + 1) % hosts.urls.length;
    },
  };
}
