/** The audit log in memory, chained as the one in the database. */
import type { AuditEvent, ChainedAuditEvent, RequestOrigin } from '../../model/audit-event.js';
import type { AuditLog, AuditQuery, AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import { chained, GENESIS, storable } from '../audit/chain.js';
import { verifyChain } from '../audit/verify.js';

export interface MemoryAuditLog extends AuditLog, AuditTrail {
  /** Appends all of them before anything else can happen. */
  append(events: readonly (readonly [AuditEvent, RequestOrigin])[]): void;
}

export function createMemoryAuditLog({ clock }: { readonly clock: Clock }): MemoryAuditLog {
  const events: ChainedAuditEvent[] = [];
  const head = (): { readonly seq: number; readonly hash: string } => events.at(-1) ?? { seq: 0, hash: GENESIS };
  const newest = (isMeant: (event: ChainedAuditEvent) => boolean, limit: number): readonly ChainedAuditEvent[] =>
    events.filter(isMeant).toReversed().slice(0, limit);
  const append: MemoryAuditLog['append'] = (added) => {
    for (const [event, origin] of added)
      events.push(chained(storable({ details: {}, ...event, ...origin, at: clock.now() }).event, head()));
  };
  return {
    append,
    record: async (...event) => append([event]),
    recentOf: async (userId, { actions, limit, before = Number.POSITIVE_INFINITY }) =>
      newest((event) => event.seq < before && actions.includes(event.action) && concerns(event, userId), limit),
    list: async (query) => newest((event) => matches(event, query), query.limit),
    verify: (anchor) => verifyChain(onePage(events), { head: head(), anchor }),
  };
}

async function* onePage<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  yield items;
}

function concerns({ actor, target }: ChainedAuditEvent, userId: string): boolean {
  return (actor.type === 'user' && actor.id === userId) || (target?.type === 'user' && target.id === userId);
}

function matches(event: ChainedAuditEvent, query: AuditQuery): boolean {
  const { action, since, until, before } = query;
  const isAction =
    action === undefined || event.action === action || (action.endsWith('.') && event.action.startsWith(action));
  return (
    isAction &&
    (before === undefined || event.seq < before) &&
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at < until) &&
    (query.outcome === undefined || event.outcome === query.outcome) &&
    (query.actorId === undefined || event.actor.id === query.actorId) &&
    (query.clientId === undefined || event.clientId === query.clientId) &&
    (query.targetId === undefined || event.target?.id === query.targetId)
  );
}
