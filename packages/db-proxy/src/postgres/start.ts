import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { askAuthly, countAnswers } from '../access/introspection.js';
import { answers, askHealth, remember } from '../watch/health.js';
import { LiveTokens } from '../access/live-tokens.js';
import { createHttpDoor } from '../http/http-door.js';
import { createProxyMetrics } from '../watch/metrics.js';
import { serveConnection } from './door.js';
import {
  CATALOGUE_QUERY,
  type Catalogue,
  type CatalogueRow,
  HARMLESS_VOLATILE,
  readCatalogue,
} from './guard/catalogue.js';
import type { ErrorReport } from './codec/messages.js';
import { openGuard } from './guard/guard.js';
import type { House } from './house.js';
import { type Admission, Admissions } from './login.js';
import { slotName } from './roles/setup-sql.js';
import { Slots } from './roles/slots.js';
import { KeptBackends } from './http/kept-backends.js';
import { postgresRoutes } from './http/routes.js';

export interface ProxySettings {
  readonly authlyUrl: string;
  readonly databaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly slots: number;
  readonly certificate?: { readonly cert: Buffer; readonly key: Buffer };
  /** Milliseconds: by this clock tokens expire. */
  readonly now: () => number;
  readonly print: (line: string) => void;
}

export interface RunningProxy {
  readonly port: number;
  stop(): Promise<void>;
}

const ASK_EVERY_MS = 4_000;
const CATALOGUE_EVERY_MS = 60_000;
const DRAIN_MS = 30_000;

/** Roles that must not exist as a proxy would use them. */
const UNSAFE_SLOTS = `
select r.rolname::text as name from pg_catalog.pg_roles r where r.rolname ~ '^authly_(r|w|rw)_[0-9]+$' and (r.rolsuper or exists (
  select from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid
  where m.member = r.oid and g.rolname ~ '^pg_'))`;

export async function startPostgresProxy(settings: ProxySettings): Promise<RunningProxy> {
  const manager = await openManager(settings.databaseUrl);
  const { rows } = await manager.query<{ name: string }>(UNSAFE_SLOTS);
  const { rows: first } = await manager.query('select from pg_catalog.pg_roles where rolname = $1', [slotName('r', 1)]);
  if (rows.length > 0 || first.length === 0) {
    await manager.end();
    throw new Error(
      rows.length > 0
        ? `These roles have rights that no caller may have: ${rows.map(({ name }) => name).join(', ')}.`
        : 'The roles of the proxy are missing: run "authly proxy setup" first.',
    );
  }
  let catalogue = await loadCatalogue(manager);
  const state = { slots: new Slots(manager, settings.slots) as Slots | undefined };
  const introspect = countAnswers(askAuthly(settings), (result) => metrics.introspections.inc({ result }));
  const liveTokens = new LiveTokens(introspect, settings.now);
  const guard = await openGuard(() => catalogue);
  const open = new Set<Socket>();
  const metrics = createProxyMetrics({
    connections: () => open.size,
    slotsFree: () => state.slots?.free() ?? {},
    parsed: () => guard.parsed,
  });
  const onLogin = (result: Admission | ErrorReport, token: string): void => {
    metrics.logins.inc({ result: 'code' in result ? result.code : 'granted' });
    if (!('code' in result)) liveTokens.renew(token, result.caller);
  };
  const audit: House['audit'] = (event, facts) =>
    settings.print(JSON.stringify({ time: new Date().toISOString(), event, ...facts }));
  let isStopping = false;
  let current = manager;
  const house: House = {
    admissions: new Admissions(
      introspect,
      (text) => createHash('sha256').update(text).digest('base64'),
      settings.now,
      onLogin,
    ),
    liveTokens,
    guard,
    slots: () => state.slots,
    manager: () => current,
    database: manager.database ?? '',
    server: { host: manager.host, port: manager.port, ssl: manager.ssl },
    secret: settings.secret,
    certificate: settings.certificate,
    audit,
    metrics,
    cancels: new Map(),
    sessions: new Set(),
    now: settings.now,
    get http() {
      return http;
    },
    isDatabaseThere: remember(async () => state.slots !== undefined && (await answers(current.query('select')))),
    isAuthlyThere: remember(() => answers(askHealth(settings.authlyUrl))),
  };
  const backends = new KeptBackends(house);
  const http = createHttpDoor(postgresRoutes(house, backends), (error) =>
    audit('fault', { code: (error as { code?: unknown }).code ?? 'unknown', message: String(error) }),
  );
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    void serveConnection(socket, house);
  });
  watchManager(manager);

  const timers = [
    setInterval(() => {
      liveTokens.endExpired();
      backends.closeOld(Date.now());
      for (const session of house.sessions) session.checkLimits();
    }, 1000),
    setInterval(() => void liveTokens.ask(), ASK_EVERY_MS),
    setInterval(() => void refreshCatalogue(), CATALOGUE_EVERY_MS),
  ];
  await listen(server, settings);
  return { port: (server.address() as AddressInfo).port, stop };

  async function refreshCatalogue(): Promise<void> {
    catalogue = await loadCatalogue(current).catch(() => catalogue);
  }

  /** The locks of the roles go with the connection: so do the sessions, before another proxy takes the roles. */
  function watchManager(client: Client): void {
    client.once('end', () => {
      if (isStopping) return;
      state.slots = undefined;
      for (const session of house.sessions) session.end({ code: '57P01', message: 'the database has gone away' });
      backends.closeAll();
      void reconnect();
    });
  }

  async function reconnect(): Promise<void> {
    while (!isStopping) {
      const client = await openManager(settings.databaseUrl).catch(() => undefined);
      if (client !== undefined) {
        current = client;
        state.slots = new Slots(client, settings.slots);
        watchManager(client);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  /** Takes nobody in any more; statements that run have half a minute. */
  async function stop(): Promise<void> {
    isStopping = true;
    server.close();
    http.close();
    const report = { code: '57P01', message: 'the proxy is going down' };
    for (const session of house.sessions) session.endWhenIdle(report);
    const isOver = (): boolean => house.sessions.size === 0 && !http.isAnswering();
    for (const until = Date.now() + DRAIN_MS; !isOver() && Date.now() < until; ) await wait(20);
    for (const session of house.sessions) session.end(report);
    for (const timer of timers) clearInterval(timer);
    backends.closeAll();
    for (const socket of open) socket.destroySoon();
    await current.end();
  }
}

async function openManager(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, keepAlive: true, application_name: 'authly proxy' });
  // Its end is what is acted upon.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function loadCatalogue(client: Client): Promise<Catalogue> {
  const { rows } = await client.query<CatalogueRow>(CATALOGUE_QUERY, [HARMLESS_VOLATILE]);
  return readCatalogue(rows);
}

function listen(server: Server, { port, host }: ProxySettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
