import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Client, type NewClient } from '../../../src/model/client.ts';
import type { Scope } from '../../../src/model/scope.ts';
import type { NewScope } from '../../../src/ports/store/registrations/registrations.ts';
import { createRegistrationCache } from '../../../src/storage/postgres/registrations/registration-cache.ts';
import { aClient, aScope, NOW } from '../../storage/contract/given.ts';
import { createTestClock } from '../../support/clock.ts';

/** The rows of two tables: reads of them are counted, can be held up, and can be made to fail. */
function createRows() {
  const clients = new Map<string, Client>();
  const scopes = new Map<string, Scope>();
  const control = { reads: 0, isDown: false, hold: Promise.resolve() };
  const read = async <T>(row: () => T): Promise<T> => {
    control.reads += 1;
    if (control.isDown) throw new Error('down');
    const value = row();
    await control.hold;
    return value;
  };
  const store = {
    clients: { find: (id: string) => read(() => clients.get(id)) },
    scopes: { all: () => read(() => [...scopes.values()]) },
    resources: { all: () => read(() => []) },
  };
  const keep = {
    client: (client: NewClient) => void clients.set(client.clientId, { ...client, updatedAt: NOW, version: 1 }),
    scope: (scope: NewScope) => void scopes.set(scope.name, { ...scope, updatedAt: NOW, version: 1 }),
  };
  return { store, keep, control };
}

function opened() {
  const clock = createTestClock();
  const { store, keep, control } = createRows();
  const listening = { isListening: true };
  const directory = createRegistrationCache({ store, clock, isListening: () => listening.isListening });
  return { clock, keep, control, listening, directory };
}

describe('the directory', () => {
  it('reads a client once and then knows it', async () => {
    const { keep, control, directory } = opened();
    const client = aClient();
    keep.client(client);
    const [first, second] = await Promise.all([directory.client(client.clientId), directory.client(client.clientId)]);
    expect(first?.clientId).toBe(client.clientId);
    expect(await directory.client(client.clientId)).toBe(second);
    expect(control.reads).toBe(1);
  });

  it('reads again after it was told of a change', async () => {
    const { keep, directory } = opened();
    const client = aClient();
    const scope = aScope();
    keep.client(client);
    keep.scope(scope);
    await directory.client(client.clientId);
    expect((await directory.scopes()).get(scope.name)?.isActive).toBe(true);
    keep.client({ ...client, isActive: false });
    keep.scope({ ...scope, isActive: false });
    directory.invalidate('client_secrets');
    expect((await directory.client(client.clientId))?.isActive).toBe(false);
    expect((await directory.scopes()).get(scope.name)?.isActive).toBe(true);
    directory.invalidate();
    expect((await directory.scopes()).get(scope.name)?.isActive).toBe(false);
  });

  it('does not keep what it was reading when it was told of a change', async () => {
    const { keep, control, directory } = opened();
    const client = aClient();
    keep.client(client);
    const held = new EventEmitter();
    control.hold = once(held, 'let go').then(() => undefined);
    const early = directory.client(client.clientId);
    await new Promise((resolve) => setImmediate(resolve));
    keep.client({ ...client, name: 'Renamed' });
    directory.invalidate('oauth_clients');
    held.emit('let go');
    await early;
    expect((await directory.client(client.clientId))?.name).toBe('Renamed');
  });

  it('reads again after two seconds when no one would tell it, and after a minute in any case', async () => {
    const { keep, control, directory, clock, listening } = opened();
    const client = aClient();
    keep.client(client);
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
    const { keep, directory } = opened();
    const client = aClient();
    expect(await directory.client(client.clientId)).toBeUndefined();
    keep.client(client);
    expect(await directory.client(client.clientId)).toBeDefined();
  });

  it('answers with what it knew while the database is away, and says so of what it did not know', async () => {
    const { keep, control, directory, clock } = opened();
    const scope = aScope();
    keep.scope(scope);
    await directory.scopes();
    control.isDown = true;
    clock.advance(600);
    expect((await directory.scopes()).has(scope.name)).toBe(true);
    await expect(directory.client('new')).rejects.toThrow('down');
    control.isDown = false;
    expect(await directory.client('new')).toBeUndefined();
  });
});
