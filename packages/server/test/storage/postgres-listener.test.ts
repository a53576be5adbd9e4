import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/platform/system-clock.ts';
import { createRegistrationCache } from '../../src/storage/postgres/registrations/registration-cache.ts';
import { type Listener, startListener } from '../../src/storage/postgres/listener.ts';
import { createPostgresStore } from '../../src/storage/postgres/store.ts';
import { createTestClock } from '../support/clock.ts';
import { aClient, aScope, aSigningKey, at, hash, NOW, uuid } from './contract/given.ts';
import { cutConnections, createTestLogger, openPool, type OpenStores, openPostgresStores } from './servers/postgres.ts';
import { openProxy, targetOf, through } from './servers/proxy.ts';

let opened: OpenStores;
beforeEach(async () => {
  opened = await openPostgresStores(2);
});
afterEach(async () => {
  await opened.close();
});

function listen(url = opened.url): { readonly heard: string[]; readonly lines: string[]; readonly listener: Listener } {
  const heard: string[] = [];
  const logger = createTestLogger();
  const listener = startListener({
    connectionString: url,
    reconnectSeconds: 0.05,
    logger,
    onChange: (table) => heard.push(table),
    onListening: () => heard.push('(listening)'),
  });
  return { heard, lines: logger.lines, listener };
}

it('hears of every change of what processes hold snapshots of', async () => {
  const { heard, listener } = listen();
  await vi.waitFor(() => expect(heard).toEqual(['(listening)']));
  const [store] = opened.stores;
  const client = aClient({ secrets: [] });
  const scope = aScope();
  await store.clients.add(client);
  await store.clients.change(client.clientId, { name: 'Renamed' }, { now: NOW });
  await store.scopes.add(scope);
  await store.signingKeys.addIfMissing([aSigningKey()]);
  await store.clients.addSecret(client.clientId, { id: uuid(), hash: hash() }, { now: NOW, overlapUntil: NOW });
  await vi.waitFor(() =>
    expect(new Set(heard)).toEqual(
      new Set(['(listening)', 'oauth_clients', 'oauth_scopes', 'signing_keys', 'client_secrets']),
    ),
  );
  await listener.close();
});

it('listens again after its connection was cut, and says that anything may have changed', async () => {
  const { heard, listener } = listen();
  await vi.waitFor(() => expect(listener.isListening()).toBe(true));
  await cutConnections(opened.url, 'authly-listener');
  await vi.waitFor(() => expect(heard).toEqual(['(listening)', '(listening)']));
  await opened.stores[0].scopes.add(aScope());
  await vi.waitFor(() => expect(heard).toContain('oauth_scopes'));
  await listener.close();
});

it('knows that it does not listen while the database is away, and comes back by itself', async () => {
  const proxy = await openProxy(targetOf(opened.url));
  const { lines, listener } = listen(through(opened.url, proxy));
  await vi.waitFor(() => expect(listener.isListening()).toBe(true));
  await proxy.shut();
  await vi.waitFor(() => expect(listener.isListening()).toBe(false));
  await vi.waitFor(() => expect(lines).toContain('not listening for changes'));
  await proxy.open();
  await vi.waitFor(() => expect(listener.isListening()).toBe(true));
  await listener.close();
  expect(listener.isListening()).toBe(false);
  await proxy.shut();
});

it('notices within a few seconds that its connection hangs, and listens over another one', async () => {
  const proxy = await openProxy(targetOf(opened.url));
  const { heard, listener } = listen(through(opened.url, proxy));
  await vi.waitFor(() => expect(listener.isListening()).toBe(true));
  proxy.stall();
  await vi.waitFor(() => expect(listener.isListening()).toBe(false), { timeout: 6000 });
  await proxy.shut();
  await proxy.open();
  await vi.waitFor(() => expect(heard).toEqual(['(listening)', '(listening)']), { timeout: 6000 });
  await listener.close();
  await proxy.shut();
}, 20_000);

it('closes at once, also while it waits to connect again', async () => {
  const listener = startListener({
    connectionString: 'postgres://nobody@127.0.0.1:1/db',
    reconnectSeconds: 600,
    logger: createTestLogger(),
    onChange: () => undefined,
    onListening: () => undefined,
  });
  await new Promise((resolve) => setImmediate(resolve));
  await listener.close();
});

it('the directory of one worker sees what another worker changed', async () => {
  const [here, there = here] = opened.stores;
  const clock = createTestClock();
  const state: { listener?: Listener } = {};
  const directory = createRegistrationCache({
    store: here,
    clock,
    isListening: () => state.listener?.isListening() ?? false,
  });
  state.listener = startListener({
    connectionString: opened.url,
    reconnectSeconds: 0.05,
    logger: createTestLogger(),
    onChange: (table) => directory.invalidate(table),
    onListening: () => directory.invalidate(),
  });
  await vi.waitFor(() => expect(state.listener?.isListening()).toBe(true));
  const client = aClient();
  const scope = aScope();
  await here.clients.add(client);
  await here.scopes.add(scope);
  await vi.waitFor(async () => expect((await directory.scopes()).has(scope.name)).toBe(true));
  expect((await directory.client(client.clientId))?.isActive).toBe(true);
  await there.clients.change(client.clientId, { isActive: false }, { now: at(1) });
  await there.scopes.change(scope.name, { isActive: false }, { now: at(1) });
  await vi.waitFor(async () => expect((await directory.client(client.clientId))?.isActive).toBe(false));
  await vi.waitFor(async () => expect((await directory.scopes()).get(scope.name)?.isActive).toBe(false));
  await state.listener.close();
});

it('the store tells its own process of its changes before it answers', async () => {
  const pool = openPool(opened.url);
  const told: string[] = [];
  const store = createPostgresStore(pool, { clock: systemClock, onChange: (table) => told.push(table) });
  const client = aClient();
  await store.clients.add(client);
  await store.clients.change(client.clientId, {}, { now: NOW });
  await store.scopes.add(aScope());
  await store.signingKeys.addIfMissing([aSigningKey()]);
  expect(told).toEqual(['oauth_clients', 'oauth_clients', 'oauth_scopes', 'signing_keys']);
  await pool.close();
});
