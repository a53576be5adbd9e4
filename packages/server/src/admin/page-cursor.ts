/** Where a list goes on: sealed, so that nobody can forge it, and tied to the filter that it continues. */
import type { Context } from '../ports/context.js';
import { invalid } from './refusal.js';

type Needs = Pick<Context, 'box' | 'hashing'>;

/** Of which list, and with which filter. */
export interface CursorOwner {
  readonly list: string;
  readonly filter: object;
}

export function sealCursor(place: string, owner: CursorOwner, context: Needs): string {
  return context.box.seal(place, purpose(owner, context)).toString('base64url');
}

/** The place that was sealed; a refusal when the cursor is of another server, list or filter. */
export function openCursor(cursor: string, owner: CursorOwner, context: Needs): string {
  const opened = /^[A-Za-z0-9_-]+$/.test(cursor)
    ? context.box.open(Buffer.from(cursor, 'base64url'), purpose(owner, context))
    : undefined;
  if (opened) return opened.toString();
  throw invalid([{ field: 'cursor', message: 'cursor is not one that this server gave for these filters' }]);
}

function purpose({ list, filter }: CursorOwner, { hashing }: Pick<Needs, 'hashing'>): string {
  return `${list}-cursor:${hashing.tokenHash(JSON.stringify(filter))}`;
}
