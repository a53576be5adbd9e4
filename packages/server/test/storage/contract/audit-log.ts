import type { UserId } from '@authly/oauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/model/audit-event.ts';
import type { AuditFilter } from '../../../src/ports/store/admin/audit-read.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import type { TestAuditLog } from '../servers/audit.ts';
import { at, NOW, uuid } from './given.ts';

export interface OpenAuditLogs {
  /** The same log as several workers have it. At least one. */
  readonly logs: readonly [TestAuditLog, ...TestAuditLog[]];
  close(): Promise<void>;
}

export function describeAuditLog(name: string, open: (clock: TestClock) => Promise<OpenAuditLogs>): void {
  describe(name, () => {
    let opened: OpenAuditLogs;
    let clock: TestClock;
    beforeEach(async () => {
      clock = createTestClock(NOW);
      opened = await open(clock);
    });
    afterEach(async () => {
      await opened.close();
    });

    it('keeps everything of an event, in its place', async () => {
      const [log] = opened.logs;
      const event: AuditEvent = {
        action: 'client.changed',
        outcome: 'success',
        actor: { type: 'user', id: 'u1', name: 'Ann "A" Ünï' },
        clientId: 'client',
        target: { type: 'client', id: 'c1' },
        details: { b: [1, 0.1, 1e21, { z: null, y: 'x' }], a: true, empty: '' },
      };
      const origin = { ip: '2001:db8::1', userAgent: 'A browser', requestId: 'r1' };
      await log.record(event, origin);
      clock.advance(1);
      await log.record({ action: 'login', outcome: 'failure', actor: { type: 'anonymous' } }, {});
      const [second, first] = await log.list({}, 10);
      expect(first).toMatchObject({
        ...event,
        ...origin,
        seq: 1,
        at: NOW,
        details: { b: [1, 0.1, 1e21, { z: null, y: 'x' }] },
      });
      expect(second).toMatchObject({ seq: 2, at: at(1), actor: { type: 'anonymous' } });
      expect(second?.target).toBeUndefined();
      expect(await log.verify()).toMatchObject({ problemCount: 0, checked: 2, firstSeq: 1, lastSeq: 2 });
      expect((await log.list({}, 10)).map(({ seal }) => seal)).toEqual([1, 1]);
    });

    it('is whole also with details that JSON writes in another form', async () => {
      const [log] = opened.logs;
      const details = { at: NOW, list: [undefined, Number.NaN, -0], 10: 'ten', 9: 'nine', gone: undefined };
      await log.record({ action: 'logout', outcome: 'success', actor: { type: 'system' }, details }, {});
      expect(await log.verify()).toMatchObject({ problemCount: 0, checked: 1 });
    });

    it('is whole when nothing has happened', async () => {
      expect(await opened.logs[0].verify()).toMatchObject({ problemCount: 0, checked: 0 });
    });

    it('keeps every event once when many workers append at the same time', async () => {
      const count = 400;
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          (opened.logs[index % opened.logs.length] ?? opened.logs[0]).record(
            { action: 'login', outcome: 'success', actor: { type: 'user', id: `u${index}` } },
            {},
          ),
        ),
      );
      const events = await opened.logs[0].list({}, count + 1);
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: count }, (_, index) => count - index));
      expect(new Set(events.map((event) => event.actor.id)).size).toBe(count);
      expect(await opened.logs[0].verify()).toMatchObject({ problemCount: 0, checked: count });
    });

    it('takes events with characters that a database cannot store', async () => {
      const [log] = opened.logs;
      const actor = { type: 'anonymous', name: 'a\0b\ud800' } as const;
      await log.record(
        { action: 'login', outcome: 'failure', actor, details: { 'k\0': ['\udfff'] } },
        { userAgent: '\0' },
      );
      expect(await log.list({}, 1)).toMatchObject([{ actor: { name: 'a\uFFFDb\uFFFD' }, userAgent: '\uFFFD' }]);
      expect(await log.verify()).toMatchObject({ problemCount: 0 });
    });

    it('lists by what is asked for, newest first, in pages', async () => {
      const [log] = opened.logs;
      const record = (action: AuditEvent['action'], more: Partial<AuditEvent> = {}): Promise<void> =>
        log.record({ action, outcome: 'success', actor: { type: 'user', id: 'ann' }, ...more }, {});
      await record('client.created', { clientId: 'c1', target: { type: 'client', id: 'c1' } });
      clock.advance(10);
      await record('client.deleted', { clientId: 'c2', target: { type: 'client', id: 'c2' } });
      clock.advance(10);
      await record('login.first_factor', { actor: { type: 'client', id: 'c1' } });
      await record('login', { outcome: 'failure' });
      const list = async (filter: AuditFilter, limit = 10, before?: number): Promise<number[]> =>
        (await log.list(filter, limit, before)).map((event) => event.seq);
      expect(await list({})).toEqual([4, 3, 2, 1]);
      expect(await list({}, 2)).toEqual([4, 3]);
      expect(await list({}, 2, 3)).toEqual([2, 1]);
      expect(await list({ action: 'client.' })).toEqual([2, 1]);
      expect(await list({ action: 'client.created' })).toEqual([1]);
      expect(await list({ action: 'login.' })).toEqual([3]);
      expect(await list({ action: 'login' })).toEqual([4]);
      expect(await list({ outcome: 'failure' })).toEqual([4]);
      expect(await list({ actor: 'c1' })).toEqual([3]);
      expect(await list({ clientId: 'c2' })).toEqual([2]);
      expect(await list({ targetId: 'c1' })).toEqual([1]);
      expect(await list({ since: at(10), until: at(20) })).toEqual([2]);
    });

    it('answers a person what they did and what was done to them, as far as it is asked for', async () => {
      const [log] = opened.logs;
      const [ann, bob] = [uuid<UserId>(), uuid<UserId>()];
      const record = (
        action: AuditEvent['action'],
        actor: AuditEvent['actor'],
        target?: AuditEvent['target'],
      ): Promise<void> => log.record({ action, outcome: 'success', actor, target }, {});
      await record('login', { type: 'user', id: ann });
      await record('user.changed', { type: 'user', id: bob }, { type: 'user', id: ann });
      await record('password.changed', { type: 'user', id: ann }, { type: 'user', id: ann });
      await record('token.issued', { type: 'user', id: ann });
      await record('login', { type: 'user', id: bob });
      await record('login', { type: 'client', id: ann });
      await record('login', { type: 'user', id: ann });
      const actions = ['login', 'user.changed', 'password.changed'] as const;
      const recent = async (page: object): Promise<number[]> =>
        (await log.recentOf(ann, { actions, limit: 10, ...page })).map((event) => event.seq);
      expect(await recent({})).toEqual([7, 3, 2, 1]);
      expect(await recent({ limit: 2 })).toEqual([7, 3]);
      expect(await recent({ limit: 2, before: 3 })).toEqual([2, 1]);
      expect(await recent({ actions: [] })).toEqual([]);
    });

    it('compares its end with one that was noted before', async () => {
      const [log] = opened.logs;
      const record = (): Promise<void> =>
        log.record({ action: 'logout', outcome: 'success', actor: { type: 'system' } }, {});
      await record();
      const noted = await log.verify();
      const anchor = { seq: noted.lastSeq ?? 0, hash: noted.headHash ?? '' };
      await record();
      const problems = async (seq: number, hash: string) => (await log.verify({ anchor: { seq, hash } })).problems;
      expect(await problems(anchor.seq, anchor.hash)).toEqual([]);
      expect(await problems(anchor.seq, 'another')).toEqual([{ seq: 1, kind: 'unlinked' }]);
      expect(await problems(4, anchor.hash)).toEqual([3, 4].map((seq) => ({ seq, kind: 'missing' })));
    });
  });
}
