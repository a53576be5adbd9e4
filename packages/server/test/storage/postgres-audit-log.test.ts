import { describe, expect, it } from 'vitest';
import type { AuditProblem } from '../../src/ports/audit.ts';
import { createTestClock } from '../support/clock.ts';
import { describeAuditLog } from './contract/audit-log.ts';
import { openAuditLog, type TestAuditLog } from './servers/audit.ts';
import { administer, openPools } from './servers/postgres.ts';

describeAuditLog('the audit log in PostgreSQL', async (clock) => {
  const { pools, close } = await openPools(3);
  const [first, ...rest] = pools.map((pool) => openAuditLog(pool, clock));
  if (first === undefined) throw new Error('no log');
  return { logs: [first, ...rest], close };
});

/** Makes the hash of a seal anew after something below it was changed. */
const SEAL_ANEW = `update audit_seals s set hash = authly_audit_seal_hash(s)`;
const DIGEST_ANEW = `update audit_seals set digests[3] = (select authly_audit_digest(e) from audit_events e where seq = 3) where number = 1`;
const ADD = `insert into audit_events (seq, at, action, outcome, actor_type) values`;

describe('someone with the rights of the owner of the database', () => {
  it('cannot change, remove or empty the audit log by the way', async () => {
    await withSeals(async (log, change) => {
      for (const table of ['audit_events', 'audit_seals']) {
        await expect(
          change(`update ${table} set sealed_at = now(), at = now()`.replace(COLUMN[table] ?? '', '')),
        ).rejects.toThrow('append-only');
        await expect(change(`delete from ${table}`)).rejects.toThrow('append-only');
        await expect(change(`truncate ${table}`)).rejects.toThrow('append-only');
      }
      await change('delete from audit_head');
      await expect(change('delete from audit_events')).rejects.toThrow('append-only');
      expect(log).toBeDefined();
    });
  });

  it.each<[string, string, readonly AuditProblem[]]>([
    ['edits an event', `update audit_events set outcome = 'failure' where seq = 3`, [{ seq: 3, kind: 'edited' }]],
    ['edits a time', `update audit_events set at = at + interval '1 us' where seq = 2`, [{ seq: 2, kind: 'edited' }]],
    ['edits details', `update audit_events set details = '{"n": 9}' where seq = 5`, [{ seq: 5, kind: 'edited' }]],
    ['removes an event', `delete from audit_events where seq = 4`, [{ seq: 4, kind: 'missing' }]],
    ['removes the first event', `delete from audit_events where seq = 1`, [{ seq: 1, kind: 'missing' }]],
    ['removes the last events', `delete from audit_events where seq > 4`, missing(5, 6)],
    ['removes all events', `delete from audit_events`, missing(1, 6)],
    ['gives an event another number', `update audit_events set seq = 40 where seq = 4`, [{ seq: 4, kind: 'missing' }]],
    [
      'removes an event and the seal that covers it',
      `delete from audit_events where seq in (3, 4); delete from audit_seals where number = 2`,
      missing(4, 4, [{ seq: 3, kind: 'missing' }]),
    ],
    [
      'removes the last events and their seal',
      `delete from audit_events where seq > 4; delete from audit_seals where number = 3`,
      missing(5, 6),
    ],
    [
      'edits an event and its seal',
      `update audit_events set action = 'x' where seq = 3; ${DIGEST_ANEW}`,
      [{ seq: 3, kind: 'unlinked' }],
    ],
    [
      'edits an event, and makes its seal anew',
      `update audit_events set action = 'x' where seq = 3; ${DIGEST_ANEW}; ${SEAL_ANEW} where number = 1`,
      [{ seq: 4, kind: 'unlinked' }],
    ],
    [
      'edits an event, and makes every seal anew',
      `update audit_events set action = 'x' where seq = 3; ${DIGEST_ANEW}; ${SEAL_ANEW} where number = 1;
       update audit_seals set previous_hash = (select hash from audit_seals where number = 1) where number = 2; ${SEAL_ANEW} where number = 2;
       update audit_seals set previous_hash = (select hash from audit_seals where number = 2) where number = 3; ${SEAL_ANEW} where number = 3`,
      [{ seq: 6, kind: 'unlinked' }],
    ],
    [
      'changes when it was sealed',
      `update audit_seals set sealed_at = now() where number = 2`,
      [{ seq: 4, kind: 'unlinked' }],
    ],
    [
      'moves the end of the log back',
      `delete from audit_events where seq > 4; delete from audit_seals where number = 3;
       update audit_head set (seal, seq, hash) = (select number, through_seq, hash from audit_seals where number = 2)`,
      [{ seq: 4, kind: 'head' }],
    ],
    ['moves the beginning of the log', `update audit_head set start_seq = 3`, [{ seq: 6, kind: 'head' }]],
    ['removes the row that says where the log ends', `delete from audit_head`, [{ seq: 0, kind: 'head' }]],
  ])('is found out who %s', async (_title, statement, problems) => {
    await withSeals(async (log, change) => {
      await change(
        `alter table audit_events disable trigger user; alter table audit_seals disable trigger user; ${statement}`,
      );
      const report = await log.verify();
      expect(report.problems).toEqual(problems);
      expect(report.problemCount).toBe(problems.length);
    });
  });

  it('is found out who adds an event where others were sealed', async () => {
    await withSeals(async (log, change) => {
      await change(`alter table audit_events disable trigger user; delete from audit_events where seq = 2;
                    ${ADD} (2, now(), 'x', 'success', 'system')`);
      expect((await log.verify()).problems).toEqual([{ seq: 2, kind: 'edited' }]);
      await change(`alter table audit_events alter seq restart with 20`);
      await record(log, 2);
      await log.seal();
      await change(`${ADD} (15, now(), 'x', 'success', 'system')`);
      expect((await log.verify({ fromSeq: 10 })).problems).toEqual([{ seq: 15, kind: 'added' }]);
    });
  });

  it('is found out by what was noted before who removes the last events and puts an old end back', async () => {
    await withSeals(async (log, change) => {
      await change('create table kept as select * from audit_head');
      await record(log, 3);
      const noted = await log.verify();
      const anchor = { seq: noted.lastSeq ?? 0, hash: noted.headHash ?? '' };
      await change(`alter table audit_events disable trigger user; alter table audit_seals disable trigger user;
                    delete from audit_events where seq > 6; delete from audit_seals where number > 3;
                    update audit_head set (seal, seq, hash, mac) = (select seal, seq, hash, mac from kept)`);
      expect((await log.verify()).problems).toEqual([]);
      expect((await log.verify({ anchor })).problems).toEqual(missing(7, 9));
      await record(log, 3);
      expect((await log.verify({ anchor })).problems).toEqual([{ seq: 9, kind: 'unlinked' }]);
    });
  });
});

const COLUMN: Record<string, string> = { audit_events: 'sealed_at = now(), ', audit_seals: ', at = now()' };

it('a check of the audit log goes over many seals, and does not mind what is recorded meanwhile', async () => {
  const { log, close } = await openLog();
  for (let batch = 0; batch < 120; batch += 1) {
    await record(log, 3);
    await log.seal();
  }
  const [report] = await Promise.all([log.verify(), record(log, 50)]);
  expect(report).toMatchObject({ problemCount: 0, firstSeq: 1 });
  expect(report.checked).toBeGreaterThanOrEqual(360);
  expect(await log.verify({ fromSeq: 100, toSeq: 199 })).toMatchObject({
    problemCount: 0,
    checked: 100,
    firstSeq: 100,
    lastSeq: 199,
  });
  await close();
});

function missing(first: number, last: number, before: readonly AuditProblem[] = []): readonly AuditProblem[] {
  const gap = Array.from({ length: last - first + 1 }, (_, index) => ({
    seq: first + index,
    kind: 'missing' as const,
  }));
  return [...before, ...gap];
}

async function openLog(): Promise<{ readonly log: TestAuditLog; readonly url: string; close(): Promise<void> }> {
  const { url, pools, close } = await openPools(1);
  return { log: openAuditLog(pools[0], createTestClock(new Date('2026-03-01T12:00:00Z'))), url, close };
}

async function record(log: TestAuditLog, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) =>
    log.record({ action: 'login', outcome: 'success', actor: { type: 'user', id: `u${n}` }, details: { n } }, {}),
  );
  await Promise.all(events);
}

/** Six events: the first three in one seal, then one, then two. */
async function withSeals(
  test: (log: TestAuditLog, change: (statement: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { log, url, close } = await openLog();
  for (const count of [3, 1, 2]) {
    await record(log, count);
    await log.seal();
  }
  await test(log, (statement) => administer(url, statement));
  await close();
}
