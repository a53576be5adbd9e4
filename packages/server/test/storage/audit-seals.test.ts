/** How events that are written by many come under the seals of one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/model/audit-event.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { createPostgresStore } from '../../src/storage/postgres/store.ts';
import { aClient } from './contract/given.ts';
import { openAuditLog, type TestAuditLog } from './servers/audit.ts';
import { administer, type OpenPools, openPools, untilBlocked, withConnection } from './servers/postgres.ts';

const EVENT: AuditEvent = { action: 'login', outcome: 'success', actor: { type: 'system' } };
const RAW = `insert into audit_events (at, action, outcome, actor_type) values (now(), 'late', 'success', 'system') returning seq`;

let opened: OpenPools;
let logs: readonly TestAuditLog[];
let log: TestAuditLog;

beforeEach(async () => {
  opened = await openPools(2);
  logs = opened.pools.map((pool) => openAuditLog(pool, systemClock));
  log = logs[0] as TestAuditLog;
});
afterEach(() => opened.close());

const seals = async (): Promise<(number | undefined)[]> =>
  (await log.list({}, 1000)).map(({ seal }) => seal).toReversed();

describe('the sealer', () => {
  it('leaves no event out that took its number early and was committed late', async () => {
    await withConnection(opened.url, async (late) => {
      await late.query('begin');
      const { rows } = await late.query<{ seq: string }>(RAW);
      await log.record(EVENT, {});
      await log.record(EVENT, {});
      const sealing = log.seal();
      // It has seen the two that are committed, and waits for the one before them.
      await untilAsked();
      expect(await seals()).toEqual([undefined, undefined]);
      await late.query('commit');
      await sealing;
      expect(rows).toEqual([{ seq: '1' }]);
    });
    expect(await seals()).toEqual([1, 1, 1]);
    expect(await log.verify()).toMatchObject({ checked: 3, problemCount: 0 });
  });

  it('does not wait for who gave up, nor for transactions that have written no event', async () => {
    await withConnection(opened.url, async (other) => {
      await other.query('begin');
      await other.query(RAW);
      await other.query('rollback');
      await other.query('begin');
      await other.query('create table unrelated (id integer)');
      await log.record(EVENT, {});
      await log.seal();
      await other.query('rollback');
    });
    expect((await log.list({}, 10)).map(({ seq, seal }) => [seq, seal])).toEqual([[2, 1]]);
  });

  it('misses nothing while two processes record, change and seal at the same time', async () => {
    const stores = opened.pools.map((pool) => createPostgresStore(pool, { clock: systemClock }));
    let isDone = false;
    const sealing = logs.map(async (each) => {
      while (!isDone) await each.seal();
    });
    const work = async (index: number) => {
      const store = stores[index % 2];
      if (index % 3 > 0) return logs[index % 2]?.record({ ...EVENT, details: { index } }, {});
      return store
        ?.transaction(async (tx) => {
          await tx.clients.add(aClient());
          tx.record({ ...EVENT, details: { index } }, {});
          if (index % 2 === 0) throw new Error('changed my mind');
        })
        .catch(() => undefined);
    };
    const indexes = Array.from({ length: 300 }, (_, index) => index);
    await Promise.all(indexes.slice(0, 150).map(work));
    // Both sealers stand in line behind the first half's statements: it goes on once one was through.
    while ((await seals()).length === 0) await log.seal();
    await Promise.all(indexes.slice(150).map(work));
    isDone = true;
    await Promise.all(sealing);
    await log.seal();
    const found = await log.list({}, 1000);
    expect(found).toHaveLength(250);
    expect(found.every(({ seal }) => seal !== undefined)).toBe(true);
    expect(new Set(found.map(({ seal }) => seal)).size).toBeGreaterThan(1);
    expect(await log.verify()).toMatchObject({ checked: 250, problemCount: 0 });
  });

  it('that dies in the middle leaves nothing half done, and another goes on', async () => {
    await log.record(EVENT, {});
    await withConnection(opened.url, async (holder) => {
      await holder.query('begin');
      await holder.query('lock table audit_seals in share row exclusive mode');
      const dying = log.seal();
      dying.catch(() => undefined);
      await untilBlocked(holder);
      // While one seals, the other does not wait for it.
      await logs[1]?.seal();
      await holder.query(`select pg_terminate_backend(pid) from pg_stat_activity
                           where datname = current_database() and wait_event_type = 'Lock'`);
      await expect(dying).rejects.toThrow();
      await holder.query('commit');
    });
    expect(await seals()).toEqual([undefined]);
    await logs[1]?.seal();
    expect(await seals()).toEqual([1]);
    expect(await log.verify()).toMatchObject({ checked: 1, problemCount: 0 });
  });
});

describe('a log without its head', () => {
  it('records nothing, neither events nor changes, until it is restored', async () => {
    const store = createPostgresStore(opened.pools[0], { clock: systemClock });
    await log.record(EVENT, {});
    await log.seal();
    await administer(opened.url, 'delete from audit_head');
    expect(await log.state()).toBe('cannot record');
    await expect(log.record(EVENT, {})).rejects.toThrow('the audit log has lost its head');
    const client = aClient();
    const change = store.transaction(async (tx) => {
      await tx.clients.add(client);
      tx.record(EVENT, {});
    });
    await expect(change).rejects.toThrow('the audit log has lost its head');
    expect(await store.clients.find(client.clientId)).toBeUndefined();
    await expect(log.seal()).rejects.toThrow('audit_head is gone');

    await Promise.all(logs.map((each) => each.restoreHead()));
    expect(await log.state()).toBe('ok');
    await log.record(EVENT, {});
    expect(await log.verify()).toMatchObject({ checked: 3, problemCount: 0 });
    expect((await log.list({ action: 'audit.' }, 10)).map(({ action, details }) => [action, details?.['was']])).toEqual(
      [['audit.head_restored', 'missing']],
    );
  });

  it('or with one that somebody changed is not sealed on, and goes on when an operator has restored it', async () => {
    await log.record(EVENT, {});
    await log.seal();
    await administer(opened.url, `update audit_head set hash = sha256('x')`);
    expect(await log.state()).toBe('cannot seal');
    await log.record(EVENT, {});
    await expect(log.seal()).rejects.toThrow('was changed');
    await log.restoreHead();
    expect(await log.verify()).toMatchObject({ checked: 3, problemCount: 0 });
    await log.restoreHead();
    expect(await log.list({ action: 'audit.' }, 10)).toHaveLength(1);
  });
});

describe('retention', () => {
  it('removes whole seals that are older, and the rest is intact from where the log begins', async () => {
    for (let seal = 0; seal < 4; seal += 1) {
      await log.record(EVENT, {});
      await log.record(EVENT, {});
      await log.seal();
    }
    const noted = await log.verify();
    const sealedAt = await sealTimes();
    await log.removeSealedBefore(sealedAt[2] as Date);
    expect((await log.list({}, 20)).map(({ seq }) => seq)).toEqual([9, 8, 7, 6, 5]);
    const report = await log.verify({ anchor: { seq: 8, hash: noted.headHash ?? '' } });
    expect(report).toMatchObject({ checked: 5, firstSeq: 5, problemCount: 0, start: { seq: 4 } });
    expect(report.start?.at).toEqual(sealedAt[1]);
    expect(await log.list({ action: 'audit.removed' }, 10)).toMatchObject([
      { seq: 9, details: { through_seq: 4, seal: 2 } },
    ]);

    // Nothing is due: nothing changes, nothing is recorded.
    await log.removeSealedBefore(sealedAt[2] as Date);
    expect(await log.list({ action: 'audit.removed' }, 10)).toHaveLength(1);
  });

  it('removes all of it when all is old, and the log goes on', async () => {
    await log.record(EVENT, {});
    await log.seal();
    await log.removeSealedBefore(new Date(Date.now() + 3_600_000));
    await log.record(EVENT, {});
    expect(await log.verify()).toMatchObject({ checked: 2, firstSeq: 2, problemCount: 0, start: { seq: 1 } });
  });

  it('does not hide what somebody else removed, nor move the beginning for who has no key', async () => {
    for (let seal = 0; seal < 3; seal += 1) {
      await log.record(EVENT, {});
      await log.seal();
    }
    await log.removeSealedBefore((await sealTimes())[1] as Date);
    await expect(administer(opened.url, 'delete from audit_events where seq = 2')).rejects.toThrow('append-only');
    await administer(
      opened.url,
      `update audit_head set start_seal = 2, start_seq = 2,
      start_hash = (select hash from audit_seals where number = 2); delete from audit_events where seq = 2`,
    );
    expect((await log.verify()).problems.map(({ kind }) => kind)).toContain('head');
    await expect(log.removeSealedBefore(new Date())).rejects.toThrow('was changed');
  });

  it('leaves no place for an event that never was: one before the beginning is named, what waits for removal is not', async () => {
    for (let seal = 0; seal < 3; seal += 1) {
      await log.record(EVENT, {});
      await log.seal();
    }
    // An earlier run moved the beginning and had no time for the rest.
    await administer(opened.url, `create table waiting as table audit_events; create table seals as table audit_seals`);
    await log.removeSealedBefore((await sealTimes())[2] as Date);
    await administer(
      opened.url,
      `insert into audit_events select * from waiting where seq = 2;
       insert into audit_seals select * from seals where number = 2`,
    );
    expect(await log.verify()).toMatchObject({ problems: [], start: { seq: 2 } });
    await administer(
      opened.url,
      `insert into audit_events (seq, at, action, outcome, actor_type) values (1, now(), 'x', 'success', 'system')`,
    );
    expect((await log.verify()).problems).toEqual([{ seq: 1, kind: 'added' }]);
  });
});

async function sealTimes(): Promise<Date[]> {
  const times: Date[] = [];
  await withConnection(opened.url, async (client) => {
    const { rows } = await client.query<{ sealed_at: Date }>('select sealed_at from audit_seals order by number');
    times.push(...rows.map((row) => row.sealed_at));
  });
  return times;
}

/** Until the sealer has asked who holds locks. On a connection of its own: a transaction sees one moment of these statistics. */
async function untilAsked(): Promise<void> {
  await withConnection(opened.url, (client) =>
    expect
      .poll(async () => {
        const { rows } = await client.query(`select from pg_stat_activity
          where datname = current_database() and query like '%pg_locks%' and pid <> pg_backend_pid()`);
        return rows.length;
      })
      .toBeGreaterThan(0),
  );
}
