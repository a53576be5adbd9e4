import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createMemoryAuditLog } from '../../../src/storage/memory/audit-log.ts';
import { createMemoryDirectory } from '../../../src/storage/memory/directory.ts';
import { createMemoryStore } from '../../../src/storage/memory/store.ts';
import { createDirectory } from '../../../src/storage/postgres/directory.ts';
import { aClient, aScope, NOW } from '../../storage/contract/given.ts';
import { createTestClock } from '../../support/clock.ts';

/** A store in memory that counts reads, can be held up, and can be made to fail. */
function counted() {
  const store = createMemoryStore({ log: createMemoryAuditLog({ clock: createTestClock() }) });
  const control = { reads: 0, isDown: false, hold: Promise.resolve() };
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    control.reads += 1;
    if (control.isDown) throw new Error('down');
    const value = await work();
    await control.hold;
    return value;
  };
  const seen = {
    clients: { ...store.clients, find: (id: string) => read(() => store.clients.find(id)) },
    scopes: { ...store.scopes, all: () => read(() => store.scopes.all()) },
  };
  return { store, seen, control };
}

function opened() {
  const clock = createTestClock();
  const { store, seen, control } = counted();
  const listening = { isListening: true };
  const directory = createDirectory({ store: seen, clock, isListening: () => listening.isListening });
  return { clock, store, control, listening, directory };
}

describe('the directory', () => {
  it('reads a client once and then knows it', async () => {
    const { store, control, directory } = opened();
    const client = aClient();
    await store.clients.add(client);
    const [first, second] = await Promise.all([directory.client(client.clientId), directory.client(client.clientId)]);
    expect(first?.clientId).toBe(client.clientId);
    expect(await directory.client(client.clientId)).toBe(second);
    expect(control.reads).toBe(1);
  });

  it('reads again after it was told of a change', async () => {
    const { store, directory } = opened();
    const client = aClient();
    const scope = aScope();
    await store.clients.add(client);
    await store.scopes.add(scope);
    await directory.client(client.clientId);
    expect((await directory.scopes()).get(scope.name)?.isActive).toBe(true);
    await store.clients.change(client.clientId, { isActive: false }, { now: NOW });
    await store.scopes.change(scope.name, { isActive: false }, { now: NOW });
    directory.invalidate('client_secrets');
    expect((await directory.client(client.clientId))?.isActive).toBe(false);
    expect((await directory.scopes()).get(scope.name)?.isActive).toBe(true);
    directory.invalidate();
    expect((await directory.scopes()).get(scope.name)?.isActive).toBe(false);
  });

  it('does not keep what it was reading when it was told of a change', async () => {
    const { store, control, directory } = opened();
    const client = aClient();
    await store.clients.add(client);
    const held = new EventEmitter();
    control.hold = once(held, 'let go').then(() => undefined);
    const early = directory.client(client.clientId);
    await new Promise((resolve) => setImmediate(resolve));
    await store.clients.change(client.clientId, { name: 'Renamed' }, { now: NOW });
    directory.invalidate('oauth_clients');
    held.emit('let go');
    await early;
    expect((await directory.client(client.clientId))?.name).toBe('Renamed');
  });

  it('reads again after two seconds when no one would tell it, and after a minute in any case', async () => {
    const { store, control, directory, clock, listening } = opened();
    const client = aClient();
    await store.clients.add(client);
    await directory.client(client.clientId);
    clock.advance(59);
    await directory.client(client.clientId);
    expect(control.reads).toBe(1);
    clock.advance(1);
    await directory.client(client.clientId);
    expect(control.reads).toBe(2);
    listening.isListening = false;
    clock.advance(1);
    await directory.client(client.clientId);
    expect(control.reads).toBe(2);
    clock.advance(1);
    await directory.client(client.clientId);
    expect(control.reads).toBe(3);
  });

  it('asks again for a client that there was none of', async () => {
    const { store, directory } = opened();
    const client = aClient();
    expect(await directory.client(client.clientId)).toBeUndefined();
    await store.clients.add(client);
    expect(await directory.client(client.clientId)).toBeDefined();
  });

  it('answers with what it knew while the database is away, and says so of what it did not know', async () => {
    const { store, control, directory, clock } = opened();
    const scope = aScope();
    await store.scopes.add(scope);
    await directory.scopes();
    control.isDown = true;
    clock.advance(600);
    expect((await directory.scopes()).has(scope.name)).toBe(true);
    await expect(directory.client('new')).rejects.toThrow('down');
    control.isDown = false;
    expect(await directory.client('new')).toBeUndefined();
  });

  it('of the memory store sees every change at once', async () => {
    const store = createMemoryStore({ log: createMemoryAuditLog({ clock: createTestClock() }) });
    const directory = createMemoryDirectory(store);
    const [client, scope] = [aClient(), aScope()];
    await store.clients.add(client);
    await store.scopes.add(scope);
    expect((await directory.client(client.clientId))?.name).toBe(client.name);
    expect([...(await directory.scopes()).keys()]).toEqual([scope.name]);
    await store.clients.change(client.clientId, { name: 'Renamed' }, { now: NOW });
    expect((await directory.client(client.clientId))?.name).toBe('Renamed');
  });
});
