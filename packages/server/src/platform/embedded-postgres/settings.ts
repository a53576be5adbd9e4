/** PostgreSQL's settings: small enough for a laptop, and never at the cost of committed data. */

import type { Endpoint } from './place/endpoint.js';

export type PostgresSettings = Readonly<Record<string, string | number | boolean>>;

/** `-c name=value` for the command line of postgres; what the caller gives wins over the defaults, never over the endpoint. */
export function settingArguments(
  endpoint: Endpoint,
  settings: PostgresSettings,
  options: { readonly isDurable: boolean },
): readonly string[] {
  const all: PostgresSettings = {
    ...DEFAULTS,
    ...(options.isDurable ? {} : THROWN_AWAY),
    ...settings,
    ...endpointSettings(endpoint),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
}

const DEFAULTS: PostgresSettings = {
  max_connections: 100,
  shared_buffers: '64MB',
  // One server, no replicas: the log need only carry what recovery after a crash needs.
  wal_level: 'minimal',
  max_wal_senders: 0,
  min_wal_size: '32MB',
  max_wal_size: '512MB',
  jit: false,
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '',
  // Errors reach the caller anyway; statements and row contents in a log could carry personal data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: false,
};

/** For a server whose data is thrown away: nothing waits for the disk. */
const THROWN_AWAY: PostgresSettings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
};

function endpointSettings(endpoint: Endpoint): PostgresSettings {
  const isSocket = endpoint.kind === 'socket';
  return {
    port: endpoint.port,
    unix_socket_directories: isSocket ? quoteListItem(endpoint.host) : '',
    unix_socket_permissions: '0700',
    listen_addresses: isSocket ? '' : endpoint.host,
  };
}

/** The setting is a list separated by commas: a path that holds one must be quoted. */
function quoteListItem(item: string): string {
  return `"${item.replaceAll('"', '""')}"`;
}
