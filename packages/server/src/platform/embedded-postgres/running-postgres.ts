/** The embedded PostgreSQL of a server that runs, for a command beside it. */

import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { readCredentials } from './cluster/credentials.js';
import { isPostmasterOf } from './process/leftover.js';

/**
 * How to connect to the PostgreSQL that works on this data directory; `undefined` when none does. Holds the password: never log it.
 */
export async function findRunningPostgres(dataDirectory: string): Promise<string | undefined> {
  const cluster = await realpath(path.join(dataDirectory, 'postgres')).catch(() => undefined);
  if (cluster === undefined) return undefined;
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  // The lines of the file: pid, data directory, time of start, port, socket directory, address, shared memory, state.
  const [pid, , , port = '', socketDirectory = ''] = text.split('\n');
  const credentials = await readCredentials(await realpath(dataDirectory));
  if (credentials === undefined || !isPostmasterOf(Number(pid), cluster)) return undefined;
  return connectionString({ host: socketDirectory || '127.0.0.1', port: Number(port) }, credentials);
}

/** A socket directory goes where the host stands, percent-encoded, as libpq and pg both read it. */
export function connectionString(
  endpoint: { readonly host: string; readonly port: number },
  role: { readonly user: string; readonly password: string; readonly database: string },
): string {
  return `postgresql://${role.user}:${role.password}@${encodeURIComponent(endpoint.host)}:${endpoint.port}/${role.database}`;
}
