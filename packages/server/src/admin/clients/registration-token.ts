import type { Received } from '@authly/admin-api';
import type { Context } from '../../ports/context.js';
import { newRegistrationToken } from '../../protocol/registration/register.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal } from '../refusal.js';
import { findClient } from './find-client.js';

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>;

/** A token with which others register clients, so many times. It is in the result and nowhere else. @spec RFC 7591 §3 */
export async function createRegistrationToken(
  { uses, expires_in_seconds: seconds }: Received<'createRegistrationToken'>['body'],
  actor: Actor,
  context: Needs,
): Promise<{ readonly id: string; readonly token: string; readonly uses: number; readonly expiresAt: Date }> {
  const createdAt = context.clock.now();
  const expiresAt = new Date(createdAt.getTime() + seconds * 1000);
  const token = newRegistrationToken(context);
  const id = context.random.uuid();
  await context.store.transaction(async (tx) => {
    const hash = context.hashing.tokenHash(token);
    await tx.selfRegistered.addInitialToken({ id, hash, uses, createdAt, createdBy: actor.user.id, expiresAt });
    const target = { type: 'registration_token', id };
    recordChange(actor, { action: 'client.registration_token_created', target, details: { uses } }, tx);
  });
  return { id, token, uses, expiresAt };
}

/** A new token for a client that lost the one with which it manages its registration. @spec RFC 7592 §3 */
// @check 246
export async function resetRegistrationToken(clientId: string, actor: Actor, context: Needs): Promise<string> {
  const client = await findClient(clientId, context);
  const token = newRegistrationToken(context);
  await context.store.transaction(async (tx) => {
    if (!(await tx.selfRegistered.replaceToken(client.clientId, context.hashing.tokenHash(token))))
      throw new AdminRefusal('INVALID_REQUEST', 'This client did not register itself, so there is no token to replace');
    const target = { type: 'client', id: client.clientId };
    recordChange(actor, { action: 'client.registration_token_reset', target }, tx);
  });
  return token;
}
