/** What every store does with changes that must not happen without the event that tells of them. */
import type { UserId } from '@authly/oauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/model/audit-event.ts';
import type { TestAuditLog } from '../servers/audit.ts';
import type { Transaction } from '../../../src/ports/store/transaction.ts';
import type { Store } from '../../../src/ports/store/store.ts';
import { createTestClock } from '../../support/clock.ts';
import { aClient, anAccessToken, aScope, at, aUser, NOW, parallel } from './given.ts';

export interface OpenTransactions {
  /** The same data through several stores, as several workers have it. At least one. */
  readonly stores: readonly [Store, ...Store[]];
  readonly log: TestAuditLog;
  /** From now on no event of this action can be stored. */
  refuseEvents(action: string): Promise<void>;
  close(): Promise<void>;
}

export function describeTransactions(
  name: string,
  open: (clock: ReturnType<typeof createTestClock>) => Promise<OpenTransactions>,
): void {
  describe(name, () => {
    let opened: OpenTransactions;
    let clock: ReturnType<typeof createTestClock>;
    beforeEach(async () => {
      clock = createTestClock(NOW);
      opened = await open(clock);
    });
    afterEach(() => opened.close());

    it('keeps a change and its event together, and answers what the work answers', async () => {
      const [store] = opened.stores;
      const client = aClient();
      clock.advance(5);
      const answer = await store.transaction(async (tx) => {
        expect(await tx.clients.add(client)).toBe(true);
        tx.record({ ...EVENT, target: { type: 'client', id: client.clientId } }, { ip: '::1', requestId: 'r1' });
        return (await tx.clients.find(client.clientId))?.name;
      });
      expect(answer).toBe(client.name);
      expect((await store.clients.find(client.clientId))?.version).toBe(1);
      expect(await opened.log.list({}, 10)).toMatchObject([
        { seq: 1, action: 'client.changed', at: at(5), ip: '::1', requestId: 'r1', target: { id: client.clientId } },
      ]);
      expect(await opened.log.verify()).toMatchObject({ problemCount: 0, checked: 1 });
    });

    it('keeps neither when the work refuses', async () => {
      const [store] = opened.stores;
      const [client, scope] = [aClient(), aScope()];
      const refused = store.transaction(async (tx) => {
        await tx.clients.add(client);
        await tx.scopes.add(scope);
        tx.record(EVENT, {});
        throw new Error('no');
      });
      await expect(refused).rejects.toThrow('no');
      expect(await store.clients.find(client.clientId)).toBeUndefined();
      expect(await store.scopes.all()).toEqual([]);
      expect(await opened.log.list({}, 10)).toEqual([]);
      expect(await store.clients.add(client)).toBe(true);
    });

    it('keeps no change whose event cannot be stored', async () => {
      const [store] = opened.stores;
      await opened.refuseEvents('client.changed');
      const [client, user] = [aClient(), aUser()];
      await store.users.add(user);
      const failed = store.transaction(async (tx) => {
        await tx.clients.add(client);
        await tx.users.setPassword(user.id, 'another', { now: NOW });
        tx.record({ ...EVENT, action: 'client.created' }, {});
        tx.record(EVENT, {});
      });
      await expect(failed).rejects.toThrow();
      expect(await store.clients.find(client.clientId)).toBeUndefined();
      expect(await store.users.passwordHash(user.id)).toBe(user.passwordHash);
      expect(await opened.log.list({}, 10)).toEqual([]);
      expect(await opened.log.verify()).toMatchObject({ problemCount: 0, checked: 0 });
    });

    it('keeps a recorded token and its event together, many at a time', async () => {
      const { stores, log } = opened;
      const tokens = Array.from({ length: 100 }, () => anAccessToken(undefined));
      await parallel(stores, tokens.length, (store, index) =>
        store.accessTokens.record(
          tokens[index] ?? anAccessToken(undefined),
          { ...EVENT, action: 'token.issued', target: { type: 'token', id: tokens[index]?.jti ?? '' } },
          { ip: '::1' },
        ),
      );
      const events = await log.list({}, 200);
      expect(new Set(events.map((event) => event.target?.id))).toEqual(new Set(tokens.map((token) => token.jti)));
      expect(events.map((event) => event.seq)).toEqual(tokens.map((_, index) => tokens.length - index));
      expect(await log.verify()).toMatchObject({ problemCount: 0, checked: tokens.length });
    });

    it('records no token whose event cannot be stored, and all others of the same moment', async () => {
      const [store] = opened.stores;
      await opened.refuseEvents('token.revoked');
      const tokens = Array.from({ length: 20 }, () => anAccessToken(undefined));
      const recorded = await Promise.allSettled(
        tokens.map((token, index) =>
          store.accessTokens.record(token, { ...EVENT, action: index === 7 ? 'token.revoked' : 'token.issued' }, {}),
        ),
      );
      expect(recorded.map(({ status }) => status === 'fulfilled')).toEqual(tokens.map((_, index) => index !== 7));
      const found = await Promise.all(tokens.map(({ jti, expiresAt }) => store.accessTokens.find(jti, expiresAt)));
      expect(found.map((state) => state !== undefined)).toEqual(tokens.map((_, index) => index !== 7));
      expect(await opened.log.verify()).toMatchObject({ problemCount: 0, checked: 19 });
    });

    it('shows nobody what it has not finished', async () => {
      const [store, other = store] = opened.stores;
      const client = aClient();
      await store.transaction(async (tx) => {
        await tx.clients.add(client);
        tx.record(EVENT, {});
        expect(await other.clients.find(client.clientId)).toBeUndefined();
        expect(await opened.log.list({}, 10)).toEqual([]);
      });
      expect(await other.clients.find(client.clientId)).toBeDefined();
    });

    it('puts its events into the log in their order', async () => {
      await parallel(opened.stores, 20, (store, index) =>
        store.transaction(async (tx) => {
          await tx.scopes.add(aScope());
          for (const step of [1, 2, 3]) tx.record({ ...EVENT, details: { index, step } }, {});
        }),
      );
      const steps = (await opened.log.list({}, 100)).toReversed().map(({ details }) => details);
      for (let index = 0; index < 20; index += 1)
        expect(steps.filter((step) => step?.['index'] === index)).toEqual([1, 2, 3].map((step) => ({ index, step })));
    });

    it('leaves a whole log however many change and sign in at the same time', async () => {
      const decisions = Array.from({ length: 200 }, () => opened.log.record({ ...EVENT, action: 'login' }, {}));
      const changes = parallel(opened.stores, 40, (store, index) =>
        store
          .transaction(async (tx) => {
            await tx.clients.add(aClient());
            tx.record({ ...EVENT, target: { type: 'thing', id: String(index) } }, {});
            if (index % 4 === 0) throw new Error('changed my mind');
          })
          .catch(() => undefined),
      );
      await Promise.all([...decisions, changes]);
      expect(await opened.log.verify()).toMatchObject({ problemCount: 0, checked: 230 });
      const changed = await opened.log.list({ action: 'client.changed' }, 300);
      expect(changed).toHaveLength(30);
      expect((await opened.stores[0].clients.list({ limit: 100, offset: 0, includeInactive: true })).total).toBe(30);
    });

    it('of two that want the same rows in opposite order both succeed', async () => {
      const [store, other = store] = opened.stores;
      const [ann, bob] = [aUser(), aUser()];
      for (const user of [ann, bob]) await store.users.add(user);
      const met = rendezvous(2);
      const change = (order: readonly UserId[]) => async (tx: Transaction) => {
        const [first, second] = order as [UserId, UserId];
        await tx.users.setPassword(first, `of ${order.join()}`, { now: NOW });
        await met();
        await tx.users.setPassword(second, `of ${order.join()}`, { now: NOW });
        tx.record({ ...EVENT, details: { first } }, {});
      };
      await Promise.all([store.transaction(change([ann.id, bob.id])), other.transaction(change([bob.id, ann.id]))]);
      const [annsHash, bobsHash] = await Promise.all([ann, bob].map(({ id }) => store.users.passwordHash(id)));
      expect(annsHash).toBe(bobsHash);
      expect(await opened.log.list({}, 10)).toHaveLength(2);
    });

    it('of two that add the same name one is told', async () => {
      const [store, other = store] = opened.stores;
      const met = rendezvous(2);
      const add = async (tx: Transaction) => {
        await met();
        const added = await tx.users.add(aUser({ username: 'same' }));
        if (added !== 'added') return added.taken;
        tx.record(EVENT, {});
        return added;
      };
      const answers = await Promise.all([store.transaction(add), other.transaction(add)]);
      expect(answers.toSorted()).toEqual(['added', 'username']);
      expect(await opened.log.list({}, 10)).toHaveLength(1);
    });
  });
}

const EVENT: AuditEvent = {
  action: 'client.changed',
  outcome: 'success',
  actor: { type: 'user', id: 'u1', name: 'Ann' },
};

/** Waits until so many have come; whoever comes later, because it does its work again, goes on at once. */
function rendezvous(count: number): () => Promise<void> {
  let come = 0;
  let open: (() => void) | undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come === count) open?.();
    return all;
  };
}
