/** How audit events hang together: the hash of each covers the event, its place and the hash before it. */
import { createHash } from 'node:crypto';
import type { AuditEvent, ChainedAuditEvent, RequestOrigin } from '../../model/audit-event.js';

/** The hash before the first event. */
export const GENESIS = '0'.repeat(64);

/** How JSON writes NUL and halves of surrogate pairs; a whole pair is written as it is. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** An event as it is stored, without its place. */
export type UnchainedEvent = AuditEvent & RequestOrigin & { readonly at: Date };

/** SHA-256 in hexadecimal. The database computes the same when it appends. */
export function chainHash(link: {
  readonly previousHash: string;
  readonly seq: number;
  readonly payload: string;
}): string {
  return createHash('sha256').update(`${link.previousHash}\n${link.seq}\n${link.payload}`).digest('hex');
}

/** Canonical JSON: names in order, nothing that is undefined; the same before the event is stored and after it was read. */
export function payloadOf(event: UnchainedEvent): string {
  const { at, action, outcome, actor, clientId, target, ip, userAgent, requestId, details } = event;
  // The names stand in their order here, so that only the details have to be sorted.
  return JSON.stringify({
    action,
    actor: { id: actor.id, name: actor.name, type: actor.type },
    at: at.toISOString(),
    clientId,
    details: sorted(details ?? {}),
    ip,
    outcome,
    requestId,
    target: target && { id: target.id, type: target.type },
    userAgent,
  });
}

/** The event as PostgreSQL can keep it: plain JSON, without NUL and without halves of surrogate pairs. */
export function storable(event: UnchainedEvent): StorableEvent {
  // The payload holds every text of the event, so that it need not be written out twice.
  const payload = payloadOf(event);
  if (!UNSTORABLE.test(payload)) return { event, payload };
  const { at, ...rest } = event;
  const plain = { ...(cleaned(JSON.parse(JSON.stringify(rest))) as Omit<UnchainedEvent, 'at'>), at };
  return { event: plain, payload: payloadOf(plain) };
}

export interface StorableEvent {
  readonly event: UnchainedEvent;
  /** What its hash covers. */
  readonly payload: string;
}

/** Puts an event in its place. */
export function chained(
  event: UnchainedEvent,
  previous: { readonly seq: number; readonly hash: string },
): ChainedAuditEvent {
  const seq = previous.seq + 1;
  const hash = chainHash({ previousHash: previous.hash, seq, payload: payloadOf(event) });
  return { ...event, seq, previousHash: previous.hash, hash };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // a time, for example, is read back as the text that JSON makes of it
  if ('toJSON' in value && typeof value.toJSON === 'function') return sorted(value.toJSON());
  if (isInOrder(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, sorted(item)]),
  );
}

/** Most details are a few plain values with their names in order: these need not be made anew. */
function isInOrder(value: object): boolean {
  let before = '';
  for (const [name, item] of Object.entries(value)) {
    if (name < before || (typeof item === 'object' && item !== null)) return false;
    before = name;
  }
  return true;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value.replaceAll('\0', '\uFFFD'), 'utf8').toString('utf8');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [String(cleaned(name)), cleaned(item)]));
}
