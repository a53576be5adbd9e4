import type { UserId } from '@authly/oauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/model/audit-event.ts';
import type { AuditLog, AuditTrail } from '../../../src/ports/audit.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { at, NOW, uuid } from './given.ts';

export interface OpenAuditLogs {
  /** The same log as several workers have it. At least one. */
  readonly logs: readonly [AuditLog & AuditTrail, ...(AuditLog & AuditTrail)[]];
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
        action: 'client.updated',
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
      const [second, first] = await log.list({ limit: 10 });
      expect(first).toMatchObject({
        ...event,
        ...origin,
        seq: 1,
        at: NOW,
        details: { b: [1, 0.1, 1e21, { z: null, y: 'x' }] },
      });
      expect(second).toMatchObject({ seq: 2, at: at(1), actor: { type: 'anonymous' }, previousHash: first?.hash });
      expect(second?.target).toBeUndefined();
      expect(await log.verify()).toEqual({ intact: true, events: 2, seq: 2, hash: second?.hash });
    });

    it('is whole also with details that JSON writes in another form', async () => {
      const [log] = opened.logs;
      const details = { at: NOW, list: [undefined, Number.NaN, -0], 10: 'ten', 9: 'nine', gone: undefined };
      await log.record({ action: 'a', outcome: 'success', actor: { type: 'system' }, details }, {});
      expect(await log.verify()).toMatchObject({ intact: true, events: 1 });
    });

    it('is whole when nothing has happened', async () => {
      expect(await opened.logs[0].verify()).toMatchObject({ intact: true, events: 0 });
    });

    it('has no gaps and no doubles when many workers append at the same time', async () => {
      const count = 400;
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          (opened.logs[index % opened.logs.length] ?? opened.logs[0]).record(
            { action: 'login', outcome: 'success', actor: { type: 'user', id: `u${index}` } },
            {},
          ),
        ),
      );
      const events = await opened.logs[0].list({ limit: count + 1 });
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: count }, (_, index) => count - index));
      expect(new Set(events.map((event) => event.actor.id)).size).toBe(count);
      expect(await opened.logs[0].verify()).toMatchObject({ intact: true, events: count });
    });

    it('takes events with characters that a database cannot store', async () => {
      const [log] = opened.logs;
      const actor = { type: 'anonymous', name: 'a\0b\ud800' } as const;
      await log.record(
        { action: 'login', outcome: 'failure', actor, details: { 'k\0': ['\udfff'] } },
        { userAgent: '\0' },
      );
      expect(await log.list({ limit: 1 })).toMatchObject([{ actor: { name: 'a\uFFFDb\uFFFD' }, userAgent: '\uFFFD' }]);
      expect(await log.verify()).toMatchObject({ intact: true });
    });

    it('lists by what is asked for, newest first, in pages', async () => {
      const [log] = opened.logs;
      const record = (action: string, more: Partial<AuditEvent> = {}): Promise<void> =>
        log.record({ action, outcome: 'success', actor: { type: 'user', id: 'ann' }, ...more }, {});
      await record('client.created', { clientId: 'c1', target: { type: 'client', id: 'c1' } });
      clock.advance(10);
      await record('client.deleted', { clientId: 'c2', target: { type: 'client', id: 'c2' } });
      clock.advance(10);
      await record('clientele', { actor: { type: 'client', id: 'c1' } });
      await record('login', { outcome: 'failure' });
      const list = async (query: object): Promise<number[]> =>
        (await log.list({ limit: 10, ...query })).map((event) => event.seq);
      expect(await list({})).toEqual([4, 3, 2, 1]);
      expect(await list({ limit: 2 })).toEqual([4, 3]);
      expect(await list({ limit: 2, before: 3 })).toEqual([2, 1]);
      expect(await list({ action: 'client.' })).toEqual([2, 1]);
      expect(await list({ action: 'client.created' })).toEqual([1]);
      expect(await list({ outcome: 'failure' })).toEqual([4]);
      expect(await list({ actorId: 'c1' })).toEqual([3]);
      expect(await list({ clientId: 'c2' })).toEqual([2]);
      expect(await list({ targetId: 'c1' })).toEqual([1]);
      expect(await list({ since: at(10), until: at(20) })).toEqual([2]);
    });

    it('answers a person what they did and what was done to them, as far as it is asked for', async () => {
      const [log] = opened.logs;
      const [ann, bob] = [uuid<UserId>(), uuid<UserId>()];
      const record = (action: string, actor: AuditEvent['actor'], target?: AuditEvent['target']): Promise<void> =>
        log.record({ action, outcome: 'success', actor, target }, {});
      await record('login', { type: 'user', id: ann });
      await record('user.updated', { type: 'user', id: bob }, { type: 'user', id: ann });
      await record('password.changed', { type: 'user', id: ann }, { type: 'user', id: ann });
      await record('token.issued', { type: 'user', id: ann });
      await record('login', { type: 'user', id: bob });
      await record('login', { type: 'client', id: ann });
      await record('login', { type: 'user', id: ann });
      const actions = ['login', 'user.updated', 'password.changed'];
      const recent = async (page: object): Promise<number[]> =>
        (await log.recentOf(ann, { actions, limit: 10, ...page })).map((event) => event.seq);
      expect(await recent({})).toEqual([7, 3, 2, 1]);
      expect(await recent({ limit: 2 })).toEqual([7, 3]);
      expect(await recent({ limit: 2, before: 3 })).toEqual([2, 1]);
      expect(await recent({ actions: [] })).toEqual([]);
    });

    it('compares the chain with an event that was noted before', async () => {
      const [log] = opened.logs;
      const record = (): Promise<void> =>
        log.record({ action: 'a', outcome: 'success', actor: { type: 'system' } }, {});
      await record();
      const noted = await log.verify();
      await record();
      if (!noted.intact) throw new Error('not intact');
      expect(await log.verify(noted)).toMatchObject({ intact: true, events: 2 });
      expect(await log.verify({ ...noted, hash: 'another' })).toEqual({ intact: false, seq: 1, problem: 'edited' });
      expect(await log.verify({ ...noted, seq: 9 })).toEqual({ intact: false, seq: 3, problem: 'missing' });
    });
  });
}
