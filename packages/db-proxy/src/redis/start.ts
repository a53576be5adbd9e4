import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { askAuthly } from '../access/introspection.js';
import { LiveTokens } from '../access/live-tokens.js';
import { AclUsers } from './upstream/acl-users.js';
import { serveConnection } from './door.js';
import type { House } from './house.js';
import { Admissions } from './login.js';
import { openManager, readServerFacts, UnfitServer } from './upstream/server.js';
import { readAddress } from './upstream/open-upstream.js';

export interface RedisProxySettings {
  readonly authlyUrl: string;
  readonly redisUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly host: string;
  readonly port: number;
  /** `acl`: the server keeps callers apart, too. `proxy`: the proxy alone, where the server lets nobody make users. */
  readonly isolation: 'acl' | 'proxy';
  readonly certificate?: { readonly cert: Buffer; readonly key: Buffer };
  /** Milliseconds: by this clock tokens expire. */
  readonly now: () => number;
  readonly print: (line: string) => void;
}

export interface RunningRedisProxy {
  readonly port: number;
  stop(): Promise<void>;
}

const ASK_EVERY_MS = 4_000;
const DRAIN_MS = 30_000;

export async function startRedisProxy(settings: RedisProxySettings): Promise<RunningRedisProxy> {
  const manager = openManager(settings.redisUrl);
  try {
    await manager.connect();
    let facts = await readServerFacts(manager);
    const aclUsers = settings.isolation === 'acl' ? new AclUsers(manager, new Set(facts.arities.keys())) : undefined;
    await prepareUsers(aclUsers);
    // Another version may have come back under the same address.
    manager.on('ready', () => {
      void readServerFacts(manager).then(
        (read) => (facts = read),
        () => undefined,
      );
      void aclUsers?.removeLeft().catch(() => undefined);
    });
    const introspect = askAuthly(settings);
    let lastId = 0;
    const house: House = {
      admissions: new Admissions(introspect, settings.now),
      liveTokens: new LiveTokens(introspect, settings.now),
      server: () => facts,
      aclUsers,
      upstream: readAddress(settings.redisUrl),
      certificate: settings.certificate,
      audit: (event, more) => settings.print(JSON.stringify({ time: new Date().toISOString(), event, ...more })),
      connections: new Set(),
      sessions: new Map(),
      nextId: () => ++lastId,
    };
    return await serve(house, settings, async () => {
      await aclUsers?.removeAll();
      manager.disconnect();
    });
  } catch (error) {
    manager.disconnect();
    throw error;
  }
}

async function prepareUsers(users: AclUsers | undefined): Promise<void> {
  try {
    await users?.removeLeft();
  } catch {
    throw new UnfitServer(
      'The user of REDIS_URL may not manage users (ACL USERS, SETUSER, DELUSER, CLIENT LIST), so the server could not keep callers apart. ' +
        'Give it that right, or let the proxy alone keep them apart: --isolation proxy.',
    );
  }
}

async function serve(
  house: House,
  settings: RedisProxySettings,
  release: () => Promise<void>,
): Promise<RunningRedisProxy> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serveConnection(socket, house);
  });
  const timers = [
    setInterval(() => {
      house.liveTokens.endExpired();
      for (const connection of house.connections) connection.checkLimits(Date.now());
    }, 1000),
    setInterval(() => void house.liveTokens.ask(), ASK_EVERY_MS),
  ];
  await listen(server, settings);
  return {
    port: (server.address() as AddressInfo).port,
    /** Takes nobody in any more; commands that run have half a minute. */
    async stop() {
      server.close();
      const text = 'ERR the proxy is going down';
      for (const until = Date.now() + DRAIN_MS; house.connections.size > 0 && Date.now() < until; await wait(20))
        for (const connection of house.connections) connection.endWhenIdle('stop', text);
      for (const connection of house.connections) connection.end('stop', text);
      for (const timer of timers) clearInterval(timer);
      for (const socket of open) socket.destroySoon();
      await release();
    },
  };
}

function listen(server: Server, { port, host }: RedisProxySettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
