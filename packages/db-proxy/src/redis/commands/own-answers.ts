import type { Request } from '../codec/requests.js';
import { bulk, errorLine, line, list, mapOf, type Protocol, type Value } from '../codec/values.js';
import { COMMANDS } from './table.js';

/** What the server says of itself, read at the start. */
export interface ServerFacts {
  readonly software: 'redis' | 'valkey';
  readonly version: string;
  readonly evictionPolicy: string;
  /** The commands that it has, and how many words they take (negative: at least). */
  readonly arities: ReadonlyMap<string, number>;
}

/** What a client told about its connection. */
export interface ConnectionFacts {
  readonly id: number;
  name: string;
  library: string;
  libraryVersion: string;
}

export interface AnswerContext {
  readonly request: Request;
  readonly protocol: Protocol;
  readonly server: ServerFacts;
  readonly connection: ConnectionFacts;
  readonly user: string;
}

const OK = line('+OK');
const NO_CLUSTER = errorLine('ERR This instance has cluster support disabled');

/** Commands about the connection and the server: the proxy's own business, answered without asking the server. */
export const OWN_ANSWERS: Readonly<Record<string, (context: AnswerContext) => Value>> = {
  ping: ({ request }) => {
    if (request.count > 2) return errorLine("ERR wrong number of arguments for 'ping' command");
    return request.count === 2 ? bulk(request.word(1)) : line('+PONG');
  },
  info: ({ server }) => bulk(infoText(server)),
  role: () => list([bulk('master'), line(':0'), list([])]),
  readonly: () => NO_CLUSTER,
  readwrite: () => NO_CLUSTER,
  cluster: () => NO_CLUSTER,
  'command|count': () => line(`:${[...COMMANDS.keys()].filter((name) => !name.includes('|')).length}`),
  'client|id': ({ connection }) => line(`:${connection.id}`),
  'client|getname': ({ connection, protocol }) =>
    connection.name === '' ? line(protocol === 3 ? '_' : '$-1') : bulk(connection.name),
  'client|setname': ({ request, connection }) => {
    const name = request.text(2);
    if (request.count !== 3 || !isPlain(name))
      return errorLine('ERR Client names cannot contain spaces, newlines or special characters.');
    connection.name = name;
    return OK;
  },
  'client|setinfo': ({ request, connection }) => {
    const attribute = request.text(2).toLowerCase();
    const value = request.text(3);
    if (request.count !== 4 || !isPlain(value)) return errorLine('ERR lib-name and lib-ver take one word');
    if (attribute === 'lib-name') connection.library = value;
    else if (attribute === 'lib-ver') connection.libraryVersion = value;
    else return errorLine('ERR CLIENT SETINFO takes lib-name and lib-ver');
    return OK;
  },
  'client|info': ({ connection, user, protocol }) =>
    bulk(
      `id=${connection.id} name=${connection.name} user=${user} resp=${protocol} ` +
        `lib-name=${connection.library} lib-ver=${connection.libraryVersion}\n`,
    ),
  'client|no-touch': () => OK,
  'client|tracking': () => errorLine('ERR CLIENT TRACKING is not served here: turn client-side caching off'),
  'client|maint_notifications': () => errorLine('ERR CLIENT MAINT_NOTIFICATIONS is not served here'),
  'client|reply': () => errorLine('ERR CLIENT REPLY is not served here'),
};

/** Names as Redis takes them, and short: they are kept and logged. */
function isPlain(text: string): boolean {
  return /^[!-~]{0,256}$/.test(text);
}

export function helloReply({ server, connection, protocol }: Omit<AnswerContext, 'request' | 'user'>): Value {
  return mapOf(
    [
      ['server', bulk(server.software)],
      ['version', bulk(server.version)],
      ['proto', line(`:${protocol}`)],
      ['id', line(`:${connection.id}`)],
      ['mode', bulk('standalone')],
      ['role', bulk('master')],
      ['modules', list([])],
    ],
    protocol,
  );
}

function infoText({ software, version, evictionPolicy }: ServerFacts): string {
  const lines = [
    '# Server',
    `redis_version:${software === 'redis' ? version : '7.2.4'}`,
    ...(software === 'valkey' ? ['server_name:valkey', `valkey_version:${version}`] : []),
    'redis_mode:standalone',
    '',
    '# Memory',
    `maxmemory_policy:${evictionPolicy}`,
    '',
    '# Persistence',
    'loading:0',
    '',
    '# Replication',
    'role:master',
    'connected_slaves:0',
    '',
    '# Cluster',
    'cluster_enabled:0',
    '',
  ];
  return lines.join('\r\n');
}
