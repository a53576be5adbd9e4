import { describe, expect, it } from 'vitest';
import type { AuditLog, AuditTrail } from '../../src/ports/audit.ts';
import { createPostgresAuditLog } from '../../src/storage/postgres/audit-log.ts';
import { createTestClock } from '../support/clock.ts';
import { describeAuditLog } from './contract/audit-log.ts';
import { administer, openPools } from './servers/postgres.ts';

describeAuditLog('the audit log in PostgreSQL', async (clock) => {
  const { pools, close } = await openPools(3);
  const [first, ...rest] = pools.map((pool) => createPostgresAuditLog({ pool, clock }));
  if (first === undefined) throw new Error('no log');
  return { logs: [first, ...rest], close };
});

describe('someone with the rights of the owner of the database', () => {
  it('cannot change, remove or empty the audit log by the way', async () => {
    await withEvents(3, async (_log, change) => {
      await expect(change(`update audit_events set action = 'x'`)).rejects.toThrow('append-only');
      await expect(change(`delete from audit_events`)).rejects.toThrow('append-only');
      await expect(change(`truncate audit_events`)).rejects.toThrow('append-only');
    });
  });

  it.each([
    ['edits an event', `update audit_events set outcome = 'failure' where seq = 3`, { seq: 3, problem: 'edited' }],
    [
      'edits the time of an event',
      `update audit_events set at = at + interval '1 s' where seq = 2`,
      { seq: 2, problem: 'edited' },
    ],
    ['edits details', `update audit_events set details = '{"n": 9}' where seq = 5`, { seq: 5, problem: 'edited' }],
    ['removes an event', `delete from audit_events where seq = 4`, { seq: 4, problem: 'missing' }],
    ['removes the first event', `delete from audit_events where seq = 1`, { seq: 1, problem: 'missing' }],
    ['removes the last events', `delete from audit_events where seq > 3`, { seq: 4, problem: 'missing' }],
    ['removes all events', `delete from audit_events`, { seq: 1, problem: 'missing' }],
    [
      'edits an event and makes its hash anew',
      `update audit_events set action = 'x', hash = encode(sha256(convert_to(previous_hash || chr(10) || seq || chr(10) ||
         '{"action":"x","actor":{"id":"u2","type":"user"},"at":"2026-03-01T12:00:00.000Z","details":{"n":2},"outcome":"success"}',
         'UTF8')), 'hex') where seq = 3`,
      { seq: 3, problem: 'edited' },
    ],
  ])('is found out who %s', async (_title, statement, problem) => {
    await withEvents(5, async (log, change) => {
      await change(`alter table audit_events disable trigger user; ${statement}`);
      expect(await log.verify()).toEqual({ intact: false, ...problem });
    });
  });

  it('is found out who edits the last event and makes its hash anew', async () => {
    await withEvents(5, async (log, change) => {
      await change(`alter table audit_events disable trigger user;
        update audit_events set action = 'x', hash = encode(sha256(convert_to(previous_hash || chr(10) || seq || chr(10) ||
          '{"action":"x","actor":{"id":"u4","type":"user"},"at":"2026-03-01T12:00:00.000Z","details":{"n":4},"outcome":"success"}',
          'UTF8')), 'hex') where seq = 5`);
      expect(await log.verify()).toEqual({ intact: false, seq: 5, problem: 'edited' });
    });
  });
});

it('a check of the audit log walks more than one page, and does not mind what is appended meanwhile', async () => {
  await withEvents(2500, async (log) => {
    const record = (): Promise<void> => log.record({ action: 'a', outcome: 'success', actor: { type: 'system' } }, {});
    const [verdict] = await Promise.all([log.verify(), record(), record()]);
    expect(verdict).toMatchObject({ intact: true });
    expect(verdict.intact && verdict.events).toBeGreaterThanOrEqual(2500);
  });
});

async function withEvents(
  count: number,
  test: (log: AuditLog & AuditTrail, change: (statement: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { url, pools, close } = await openPools(1);
  const log = createPostgresAuditLog({ pool: pools[0], clock: createTestClock(new Date('2026-03-01T12:00:00Z')) });
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      log.record({ action: 'login', outcome: 'success', actor: { type: 'user', id: `u${n}` }, details: { n } }, {}),
    ),
  );
  await test(log, (statement) => administer(url, statement));
  await close();
}
