import { expect, it } from 'vitest';
import { createPostgresStore } from '../../src/storage/postgres/store.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { describeTransactions } from './contract/transactions.ts';
import { aClient, aUser, NOW } from './contract/given.ts';
import { openAuditLog } from './servers/audit.ts';
import { administer, openPools, untilBlocked, withConnection } from './servers/postgres.ts';

describeTransactions('transactions in PostgreSQL', async (clock) => {
  const { url, pools, close } = await openPools(3);
  const [first, ...rest] = pools.map((pool) => createPostgresStore(pool, { clock }));
  if (first === undefined) throw new Error('no store');
  const log = openAuditLog(pools[0], clock);
  return {
    stores: [first, ...rest],
    log,
    refuseEvents: (action) => administer(url, refusing(action)),
    close: async () => {
      await log.flush();
      await close();
    },
  };
});

const EVENT = { action: 'client.changed', outcome: 'success', actor: { type: 'system' } } as const;

it('whoever records waits for nobody who is still at work', async () => {
  const { url, pools, close } = await openPools(2);
  const [store, other] = pools.map((pool) => createPostgresStore(pool, { clock: systemClock }));
  const client = aClient();
  await store?.transaction(async (tx) => {
    await tx.clients.add(client);
    tx.record(EVENT, {});
    // Another change goes through from its beginning to its end while this one has not ended.
    await other?.transaction(async (second) => {
      await second.users.add(aUser());
      second.record(EVENT, {});
    });
  });
  const log = openAuditLog(pools[0], systemClock);
  expect(await log.verify()).toMatchObject({ problemCount: 0, checked: 2 });
  expect(url).toContain('postgres');
  await close();
});

it('a process that dies before its commit leaves neither the change nor the event', async () => {
  const { url, pools, close } = await openPools(2);
  const [pool] = pools;
  const store = createPostgresStore(pool, { clock: systemClock });
  const user = aUser();
  await store.users.add(user);
  await withConnection(url, async (holder) => {
    await holder.query('begin');
    await holder.query('lock table audit_events in share mode');
    const dying = store.transaction(async (tx) => {
      await tx.users.setPassword(user.id, 'another', { now: NOW });
      tx.record(EVENT, {});
    });
    dying.catch(() => undefined);
    await untilBlocked(holder);
    await holder.query(`select pg_terminate_backend(pid) from pg_stat_activity
                         where datname = current_database() and wait_event_type = 'Lock'`);
    await expect(dying).rejects.toThrow();
    await holder.query('commit');
  });
  expect(await store.users.passwordHash(user.id)).toBe(user.passwordHash);
  const log = openAuditLog(pool, systemClock);
  expect(await log.verify()).toMatchObject({ problemCount: 0, checked: 0 });
  await close();
});

it('tells of changes to what is held in snapshots when they can be seen, once, also of those that failed', async () => {
  const { pools, close } = await openPools(1);
  const seen: unknown[] = [];
  const told: string[] = [];
  const client = aClient();
  const store = createPostgresStore(pools[0], {
    clock: systemClock,
    onChange: (table) => {
      told.push(table);
      if (table === 'oauth_clients') seen.push(store.clients.find(client.clientId));
    },
  });
  await store.transaction(async (tx) => {
    await tx.clients.add(client);
    await tx.clients.change(client.clientId, { name: 'Changed' }, { now: NOW });
    expect(told).toEqual([]);
  });
  expect(told).toEqual(['oauth_clients']);
  expect(await Promise.all(seen)).toMatchObject([{ name: 'Changed' }]);
  const failed = store.transaction(async (tx) => {
    await tx.admin.scopes.remove('nothing', { now: NOW });
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(told).toEqual(['oauth_clients', 'oauth_scopes', 'oauth_clients']);
  await Promise.all(seen);
  await close();
});

function refusing(action: string): string {
  return `
    create function refuse_event() returns trigger language plpgsql as $$
    begin
      raise exception 'the log is full';
    end
    $$;
    create trigger refuse_event before insert on audit_events for each row when (new.action = '${action}')
      execute function refuse_event()`;
}
