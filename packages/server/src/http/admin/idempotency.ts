import { IDEMPOTENCY_KEY_HEADER } from '@authly/admin-api/client';
import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import type { IdempotentRequest } from '../../ports/store/admin/idempotency.js';
import type { Transaction } from '../../ports/store/transaction.js';
import type { Answer } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { deferCommit } from './deferred-commit.js';

/** How long a repeat gets the same answer. */
const LIFETIME_SECONDS = 86_400;
/** A key can change hands between two looks only when it runs out just then. */
const LOOKS = 3;

/** The key that a caller chose for a creation; `undefined` when none. */
export function idempotencyKey(request: Pick<Incoming, 'header'>): string | undefined {
  const key = request.header(IDEMPOTENCY_KEY_HEADER.toLowerCase())?.trim();
  if (key === undefined || key === '') return undefined;
  if (key.length > 255 || !/^[\x21-\x7e]+$/.test(key))
    throw new AdminRefusal('INVALID_REQUEST', 'Idempotency-Key must be at most 255 printable ASCII characters.');
  return key;
}

/**
 * Does the work once for equal requests and answers all of them alike, also those that come at the same time: they all begin, one
 * of them is the first to store its answer, and what the others did is undone. The answer is stored sealed, because it may hold a
 * secret, and in the transaction of the work: whatever happens to this process, there is never one without the other.
 */
export async function runOnce(
  request: IdempotentRequest,
  work: (context: Context) => Promise<Answer>,
  context: Context,
): Promise<Answer> {
  for (let looks = 1; ; looks += 1) {
    const known = await knownAnswer(request, context);
    if (known !== undefined) return known;
    try {
      return await answerAndStore(request, work, context);
    } catch (error) {
      // The refusal may be of what the first of the equal requests has just created.
      const answered = await knownAnswer(request, context);
      if (answered !== undefined) return answered;
      if (!(error instanceof OvertakenError) || looks === LOOKS) throw error;
    }
  }
}

/** Another answer was stored under the same key first. */
class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

async function knownAnswer(
  request: IdempotentRequest,
  context: Pick<Context, 'store' | 'clock' | 'box'>,
): Promise<Answer | undefined> {
  const state = await context.store.admin.idempotency.lookUp(request, context.clock.now());
  switch (state.kind) {
    case 'new':
      return undefined;
    case 'conflict':
      throw new AdminRefusal('IDEMPOTENCY_CONFLICT', 'This Idempotency-Key was used with another request.');
    case 'answered':
      return repeat(state.sealedAnswer, request, context);
  }
}

async function answerAndStore(
  request: IdempotentRequest,
  work: (context: Context) => Promise<Answer>,
  context: Context,
): Promise<Answer> {
  const deferred = deferCommit(context.store);
  try {
    const answer = await work({ ...context, store: deferred.store });
    await deferred.commit((tx) => storeAnswer(answer, request, { tx, context }));
    return answer;
  } catch (error) {
    await deferred.rollBack(error);
    throw error;
  }
}

async function storeAnswer(
  answer: Answer,
  request: IdempotentRequest,
  { tx, context }: { readonly tx: Transaction; readonly context: Pick<Context, 'box' | 'clock'> },
): Promise<void> {
  const now = context.clock.now();
  const isFirst = await tx.admin.idempotency.keep(request, {
    status: answer.status,
    sealed: context.box.seal(JSON.stringify({ ...answer, body: answer.body.toString() }), boxContext(request)),
    now,
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000),
  });
  if (!isFirst) throw new OvertakenError();
}

function repeat(sealed: Buffer, request: IdempotentRequest, context: Pick<Context, 'box'>): Answer {
  const opened = context.box.open(sealed, boxContext(request));
  if (!opened) throw new Error('a stored answer cannot be opened: it was sealed with another master key');
  const answer = JSON.parse(opened.toString()) as Answer;
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
}

function boxContext({ actor, key }: IdempotentRequest): string {
  return `idempotency:${actor}:${key}`;
}
