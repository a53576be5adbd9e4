import { setTimeout as wait } from 'node:timers/promises';
import { IDEMPOTENCY_KEY_HEADER } from '@authly/admin-api/client';
import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import type { IdempotentRequest } from '../../ports/store/admin/idempotency.js';
import type { Transaction } from '../../ports/store/transaction.js';
import type { Answer } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { holding } from './holding.js';

/** How long a repeat gets the same answer. */
const KEPT_SECONDS = 86_400;
/** Work that takes longer has died with its process. */
const ABANDONED_SECONDS = 60;
const LOOKS = 200;
const PAUSE_MS = 50;

/** The key that a caller chose for a creation; `undefined` when none. */
export function idempotencyKey(request: Pick<Incoming, 'header'>): string | undefined {
  const key = request.header(IDEMPOTENCY_KEY_HEADER.toLowerCase())?.trim();
  if (key === undefined || key === '') return undefined;
  if (key.length > 255 || !/^[\x21-\x7e]+$/.test(key))
    throw new AdminRefusal('INVALID_REQUEST', 'Idempotency-Key must be at most 255 printable ASCII characters.');
  return key;
}

/**
 * Does the work for the first of equal requests and answers all of them alike, also those that come while it is being done.
 * The answer is kept sealed, because it may hold a secret, and in the transaction of the work: whatever happens to this process,
 * there is never one without the other. A refusal frees the key.
 */
export async function once(
  request: IdempotentRequest,
  work: (context: Context) => Promise<Answer>,
  context: Context,
): Promise<Answer> {
  for (let look = 0; look < LOOKS; look += 1) {
    const now = context.clock.now();
    const state = await context.store.admin.idempotency.begin(request, {
      now,
      abandonedBefore: new Date(now.getTime() - ABANDONED_SECONDS * 1000),
      expiresAt: new Date(now.getTime() + KEPT_SECONDS * 1000),
    });
    switch (state.kind) {
      case 'mine':
        return first({ ...request, begunAt: now }, work, context);
      case 'answered':
        return repeat(state.sealedAnswer, request, context);
      case 'conflict':
        throw new AdminRefusal('IDEMPOTENCY_CONFLICT', 'This Idempotency-Key was used with another request.');
      case 'running':
        await wait(PAUSE_MS);
    }
  }
  throw stillRunning();
}

async function first(
  request: IdempotentRequest & { readonly begunAt: Date },
  work: (context: Context) => Promise<Answer>,
  context: Context,
): Promise<Answer> {
  const held = holding(context.store);
  try {
    const answer = await work({ ...context, store: held.store });
    await held.finish((tx) => keep(answer, request, { tx, context }));
    return answer;
  } catch (error) {
    await held.abandon(error);
    await context.store.admin.idempotency.release(request, request.begunAt);
    throw error;
  }
}

async function keep(
  answer: Answer,
  { begunAt, ...request }: IdempotentRequest & { readonly begunAt: Date },
  { tx, context }: { readonly tx: Transaction; readonly context: Pick<Context, 'box'> },
): Promise<void> {
  const sealed = context.box.seal(JSON.stringify({ ...answer, body: answer.body.toString() }), boxContext(request));
  const kept = await tx.admin.idempotency.finish(request, { begunAt, status: answer.status, sealed });
  // It took so long that a repeat was let through: that one counts.
  if (!kept) throw stillRunning();
}

function repeat(sealed: Buffer, request: IdempotentRequest, context: Pick<Context, 'box'>): Answer {
  const opened = context.box.open(sealed, boxContext(request));
  if (!opened) throw new Error('a kept answer cannot be opened: it was sealed with another master key');
  const answer = JSON.parse(opened.toString()) as Answer;
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
}

function stillRunning(): AdminRefusal {
  return new AdminRefusal(
    'IDEMPOTENCY_CONFLICT',
    'The first request with this Idempotency-Key is still being worked on.',
    { status: 409, headers: { 'Retry-After': '5' } },
  );
}

function boxContext({ actor, key }: IdempotentRequest): string {
  return `idempotency:${actor}:${key}`;
}
