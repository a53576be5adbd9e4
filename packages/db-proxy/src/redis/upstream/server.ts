import { Redis } from 'ioredis';
import type { ServerFacts } from '../commands/own-answers.js';

/** What is wrong with the server as it is configured: said in words at the start. */
export class UnfitServer extends Error {}

export function openManager(url: string): Redis {
  const manager = new Redis(url, {
    lazyConnect: true,
    connectionName: 'authly-proxy',
    maxRetriesPerRequest: 1,
    connectTimeout: 5000,
    commandTimeout: 5000,
    retryStrategy: (tries) => Math.min(100 * tries, 1000),
  });
  // Its absence is seen by whoever asks it.
  manager.on('error', () => undefined);
  return manager;
}

/** What the server is and can; or why it cannot stand behind the proxy. */
export async function readServerFacts(manager: Redis): Promise<ServerFacts> {
  const info = await manager.info();
  const fact = (name: string): string | undefined => new RegExp(`^${name}:(.*)\r?$`, 'm').exec(info)?.[1]?.trim();
  const mode = fact('redis_mode') ?? fact('server_mode') ?? 'standalone';
  if (mode !== 'standalone')
    throw new UnfitServer(
      `The server of REDIS_URL runs in ${mode} mode; only single servers can stand behind the proxy.`,
    );
  const isValkey = fact('server_name') === 'valkey';
  const version = (isValkey ? fact('valkey_version') : undefined) ?? fact('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < 7)
    throw new UnfitServer(
      `The server of REDIS_URL has version ${version}; Redis 7 or Valkey 7.2 is the oldest that is served.`,
    );
  return {
    software: isValkey ? 'valkey' : 'redis',
    version,
    evictionPolicy: fact('maxmemory_policy') ?? 'noeviction',
    arities: readArities(await manager.call('COMMAND')),
  };
}

/** COMMAND: name, arity, and in the tenth place the subcommands in the same form. */
function readArities(reply: unknown): ReadonlyMap<string, number> {
  const arities = new Map<string, number>();
  const read = (rows: unknown): void => {
    if (!Array.isArray(rows)) return;
    for (const row of rows as unknown[]) {
      if (!Array.isArray(row)) continue;
      const [name, arity] = row as unknown[];
      if (typeof name === 'string' && typeof arity === 'number') arities.set(name.toLowerCase(), arity);
      read(row[9]);
    }
  };
  read(reply);
  return arities;
}
