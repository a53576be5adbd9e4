import { setTimeout as wait } from 'node:timers/promises';
import { IDEMPOTENCY_KEY_HEADER } from '@authly/admin-api/client';
import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import type { IdempotentRequest } from '../../ports/store/admin/idempotency.js';
import type { Answer } from '../answer.js';
import type { Incoming } from '../incoming.js';

/** How long a repeat gets the same answer. */
const KEPT_SECONDS = 86_400;
/** Work that takes longer has died with its process. */
const ABANDONED_SECONDS = 60;
const LOOKS = 200;
const PAUSE_MS = 50;

type Needs = Pick<Context, 'store' | 'clock' | 'box' | 'hashing'>;

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
 * The answer is kept sealed, because it may hold a secret. A refusal frees the key.
 */
export async function once(request: IdempotentRequest, work: () => Promise<Answer>, context: Needs): Promise<Answer> {
  for (let look = 0; look < LOOKS; look += 1) {
    const now = context.clock.now();
    const state = await context.store.admin.idempotency.begin(request, {
      now,
      abandonedBefore: new Date(now.getTime() - ABANDONED_SECONDS * 1000),
      expiresAt: new Date(now.getTime() + KEPT_SECONDS * 1000),
    });
    switch (state.kind) {
      case 'mine':
        return first(request, work, context);
      case 'answered':
        return repeat(state.sealedAnswer, request, context);
      case 'conflict':
        throw new AdminRefusal('IDEMPOTENCY_CONFLICT', 'This Idempotency-Key was used with another request.');
      case 'running':
        await wait(PAUSE_MS);
    }
  }
  throw new AdminRefusal(
    'IDEMPOTENCY_CONFLICT',
    'The first request with this Idempotency-Key is still being worked on.',
    {
      status: 409,
      headers: { 'Retry-After': '5' },
    },
  );
}

async function first(request: IdempotentRequest, work: () => Promise<Answer>, context: Needs): Promise<Answer> {
  const { idempotency } = context.store.admin;
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    await idempotency.release(request);
    throw error;
  }
  const kept = JSON.stringify({ ...answer, body: answer.body.toString() });
  await idempotency.finish(request, { status: answer.status, sealed: context.box.seal(kept, boxContext(request)) });
  return answer;
}

function repeat(sealed: Buffer, request: IdempotentRequest, context: Needs): Answer {
  const opened = context.box.open(sealed, boxContext(request));
  if (!opened) throw new Error('a kept answer cannot be opened: it was sealed with another master key');
  const answer = JSON.parse(opened.toString()) as Answer;
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
}

function boxContext({ actor, key }: IdempotentRequest): string {
  return `idempotency:${actor}:${key}`;
}
