import { spawn } from 'node:child_process';
import type { GivenClient, GivenUser } from '../../../server/test/support/given.ts';
import { startServer, type TestServer } from '../../../server/test/support/server.ts';
import { type RedisServer, startRedisServer } from '../../../server/test/storage/servers/redis-server.ts';
import { type RunningRedisProxy, startRedisProxy } from '../../src/index.ts';

/** Authly, a Redis, and the proxy between them; two people with tokens. */
export interface World {
  readonly authly: TestServer;
  readonly redis: RedisServer;
  readonly proxy: RunningRedisProxy;
  readonly client: GivenClient;
  readonly alice: GivenUser;
  readonly bob: GivenUser;
  readonly lines: string[];
  token(user: GivenUser, ...scopes: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const [authly, redis] = await Promise.all([startServer(), startRedisServer()]);
  const lines: string[] = [];
  const [client, alice, bob] = await Promise.all([
    authly.given.client(),
    authly.given.user({ isAdmin: true }),
    authly.given.user({ isAdmin: true }),
  ]);
  const proxy = await startRedisProxy({
    authlyUrl: authly.url,
    redisUrl: redis.url,
    clientId: client.clientId,
    clientSecret: client.secret,
    host: '127.0.0.1',
    port: 0,
    isolation: 'acl',
    now: () => authly.clock.now().getTime(),
    print: (line) => lines.push(line),
  });
  return {
    authly,
    redis,
    proxy,
    client,
    alice,
    bob,
    lines,
    async token(user, ...scopes) {
      return (await authly.given.passwordTokens(user, scopes.length > 0 ? scopes : ['cache:read', 'cache:write']))
        .access_token;
    },
    async stop() {
      await proxy.stop();
      await Promise.all([authly.stop(), redis.remove()]);
    },
  };
}

/** What redis-cli prints. */
export async function redisCli(port: number, token: string, ...words: readonly string[]): Promise<string> {
  const child = spawn('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...words], {
    env: { ...process.env, REDISCLI_AUTH: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return output.trim();
}
