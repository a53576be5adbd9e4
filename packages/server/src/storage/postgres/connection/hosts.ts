/** Which database server to talk to when the connection string names several. */
import { Client, type ClientConfig, DatabaseError } from 'pg';
import { DatabaseUnavailableError } from '../../../ports/store/unavailable.js';
import { prepareSession, type SessionOptions } from './session.js';
import { connectionAttempts } from './tls.js';

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

/** Connects to the first server that answers and, where it matters, takes writes; the session is ready for statements of ours. */
export async function connectToFirst(
  hosts: DatabaseHosts,
  config: ClientConfig,
  session: SessionOptions = {},
): Promise<Client> {
  let failure: unknown;
  for (const attempt of hosts.urls.flatMap(connectionAttempts)) {
    const client = new Client({ ...config, ...attempt });
    // without a listener a connection lost later would end the process; the pending query reports it
    client.on('error', () => undefined);
    try {
      await client.connect();
      await prepareSession(client, { ...session, mustTakeWrites: hosts.mustTakeWrites });
      return client;
    } catch (error) {
      failure = error;
    }
    await client.end().catch(() => undefined);
    // Neither another host nor another encryption makes a wrong password right or a missing database appear.
    if (failure instanceof DatabaseError && ['28P01', '3D000'].includes(failure.code ?? '')) break;
  }
  throw new DatabaseUnavailableError(failure);
}

const ATTRIBUTES = 'target_session_attrs=';

/** Remembers which of the servers, and which way to encrypt, is the one to use, and moves on when it fails. */
export interface HostChoice {
  readonly current: number;
  readonly config: ClientConfig | undefined;
  readonly count: number;
  /** Whoever notices first moves on to the next server; those who saw the same one fail follow. */
  failed(index: number): void;
}

export function chooseHost(hosts: DatabaseHosts): HostChoice {
  const attempts = hosts.urls.flatMap(connectionAttempts);
  let current = 0;
  return {
    get current() {
      return current;
    },
    get config() {
      return attempts[current];
    },
    count: attempts.length,
    failed: (index) => {
      if (index === current) current = (current + 1) % attempts.length;
    },
  };
}
