import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../server/test/support/database.ts';
import type { GivenClient, GivenUser } from '../../../server/test/support/given.ts';
import { startServer, type TestServer } from '../../../server/test/support/server.ts';
import { type ProxySettings, type RunningProxy, setUp, startPostgresProxy } from '../../src/index.ts';

/** Authly, a shop's database and the proxy before it. The roles belong to the whole cluster: one test file alone sets them up. */
export interface Setting {
  readonly authly: TestServer;
  readonly database: TestDatabase;
  readonly name: string;
  readonly secret: string;
  readonly client: GivenClient;
  readonly alice: GivenUser;
  readonly reader: string;
  readonly writer: string;
  readonly lines: string[];
  readonly proxy: RunningProxy;
  settings(more?: Partial<ProxySettings>): ProxySettings;
  asOwner(sql: string): Promise<unknown[]>;
  login(token: string, more?: Login): Promise<Client>;
  /** What the code of a statement's refusal is; nothing where it ran. */
  tryAs(token: string, sql: string): Promise<string | undefined>;
  token(scopes: readonly string[], user?: GivenUser): Promise<string>;
  revoke(token: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Login {
  readonly user?: string;
  readonly options?: string;
  readonly port?: number;
}

export const SLOTS = 8;

export async function openSetting(): Promise<Setting> {
  const secret = randomBytes(32).toString('hex');
  const [authly, database] = await Promise.all([startServer(), createTestDatabase()]);
  const name = new URL(database.url).pathname.slice(1);
  const lines: string[] = [];
  const [client, alice] = await Promise.all([authly.given.client(), authly.given.user({ isAdmin: true })]);

  async function asOwner(sql: string): Promise<unknown[]> {
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    try {
      return (await owner.query(sql)).rows as unknown[];
    } finally {
      await owner.end();
    }
  }

  const token = async (scopes: readonly string[], user: GivenUser = alice): Promise<string> =>
    (await authly.given.passwordTokens(user, scopes)).access_token;
  const settings = (more: Partial<ProxySettings> = {}): ProxySettings => ({
    authlyUrl: authly.url,
    databaseUrl: database.url,
    clientId: client.clientId,
    clientSecret: client.secret,
    secret,
    host: '127.0.0.1',
    port: 0,
    slots: SLOTS,
    now: () => authly.clock.now().getTime(),
    print: (line) => lines.push(line),
    ...more,
  });

  await asOwner(`create schema shop;
    create table shop.orders (id int primary key, owner text);
    insert into shop.orders values (1, 'nobody');
    create function shop.erase() returns int language sql security definer as $$ select 1 $$;
    create type shop.mood as enum ('glad', 'so so, "really"');
    create domain shop.amount as numeric(20, 2);`);
  await setUp({ databaseUrl: database.url, secret, slots: SLOTS, schemas: ['shop'] });
  const [reader, writer] = await Promise.all([token(['database:read']), token(['database:read', 'database:write'])]);
  const proxy = await startPostgresProxy(settings());

  async function login(password: string, { user = 'token', options, port = proxy.port }: Login = {}): Promise<Client> {
    const connected = new Client({ host: '127.0.0.1', port, user, password, database: name, options });
    connected.on('error', () => undefined);
    await connected.connect();
    return connected;
  }

  return {
    authly,
    database,
    name,
    secret,
    client,
    alice,
    reader,
    writer,
    lines,
    proxy,
    settings,
    asOwner,
    login,
    token,
    async tryAs(password, sql) {
      const connected = await login(password);
      try {
        await connected.query(sql);
        return undefined;
      } catch (error) {
        return (error as { code?: string }).code;
      } finally {
        await connected.end();
      }
    },
    async revoke(gone) {
      await fetch(`${authly.url}/api/v1/oauth/revoke`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gone}` },
        body: new URLSearchParams({ token: gone }),
      });
    },
    async stop() {
      await proxy.stop();
      await Promise.all([authly.stop(), database.drop()]);
    },
  };
}
