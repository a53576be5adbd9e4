import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisCli, startWorld, type World } from './support.ts';

let world: World;
let writer: string;
let reader: string;
let server: Redis;

beforeAll(async () => {
  world = await startWorld();
  [writer, reader] = await Promise.all([world.token(world.alice), world.token(world.alice, 'cache:read')]);
  server = new Redis(world.redis.url);
});
afterAll(async () => {
  server?.disconnect();
  await world?.stop();
});

const cli = (token: string, ...words: readonly string[]): Promise<string> =>
  redisCli(world.proxy.port, token, ...words);

function connect(token: string, username?: string): Redis {
  const client = new Redis({
    port: world.proxy.port,
    password: token,
    username,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  return client;
}

describe('login with a token as the password', () => {
  it('lets redis-cli in, with RESP2 and RESP3, and keeps its keys under a prefix', async () => {
    expect(await cli(writer, 'SET', 'greeting', 'hello')).toBe('OK');
    expect(await cli(writer, 'GET', 'greeting')).toBe('hello');
    expect(await cli(writer, '-3', 'GET', 'greeting')).toBe('hello');
    expect(await server.keys('*')).toEqual([`user:${world.alice.user.id}:greeting`]);
  });

  it('lets ioredis in, by every name of the token and no other', async () => {
    for (const name of [undefined, 'default', 'token', world.alice.user.username, world.alice.user.id]) {
      const client = connect(writer, name);
      await client.connect();
      expect(await client.get('greeting')).toBe('hello');
      client.disconnect();
    }
    const other = connect(writer, 'somebody');
    await expect(other.connect().then(() => other.get('greeting'))).rejects.toThrow(/WRONGPASS|closed/);
    other.disconnect();
  });

  it('shows nobody the keys of another', async () => {
    const bob = await world.token(world.bob);
    expect(await cli(bob, 'GET', 'greeting')).toBe('');
    expect(await cli(bob, 'GET', `user:${world.alice.user.id}:greeting`)).toBe('');
    expect(await cli(bob, 'KEYS', '*')).toBe('');
    expect(await cli(writer, 'KEYS', '*')).toBe('greeting');
  });

  it('refuses a reader what writes', async () => {
    expect(await cli(reader, 'SET', 'greeting', 'x')).toContain("NOPERM The command 'set' needs the scope cache:write");
    expect(await cli(reader, 'GETDEL', 'greeting')).toContain('NOPERM');
    expect(await cli(reader, 'GET', 'greeting')).toBe('hello');
  });

  it('refuses what is no token, or has no scope of caches', async () => {
    expect(await cli('nonsense', 'GET', 'x')).toContain('WRONGPASS');
    expect(await cli(await world.token(world.alice, 'openid'), 'GET', 'x')).toContain('NOPERM');
  });
});
