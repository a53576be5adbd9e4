import { SECRET_PREFIX } from '@authly/oauth';
import { authMethodsOf, type Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal } from '../refusal.js';
import { clientNotFound } from './find-client.js';

/** A secret with 256 bits of chance; only its SHA-256 is stored. */
export function newClientSecret(context: Pick<Context, 'random'>): string {
  return `${SECRET_PREFIX.clientSecret}${context.random.bytes(32).toString('base64url')}`;
}

/** Tells whether a client proves itself with a secret of ours. */
export function hasSecret(client: Pick<Client, 'type' | 'authMethod'>): boolean {
  return client.type === 'confidential' && authMethodsOf(client).some((method) => method.startsWith('client_secret_'));
}

export interface RegeneratedSecret {
  readonly client: Client;
  readonly secret: string;
  /** Until then the one before works as well. */
  readonly previousExpiresAt?: Date;
}

/** Gives a client a new secret; the one before goes on for a while, so that nothing stands still while it is replaced. */
export async function regenerateSecret(
  request: { readonly clientId: string; readonly overlapSeconds: number },
  actor: Actor,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>,
): Promise<RegeneratedSecret> {
  const client = await context.store.clients.find(request.clientId);
  if (!client) throw clientNotFound(request.clientId);
  if (!hasSecret(client)) throw new AdminRefusal('INVALID_REQUEST', explainNoSecret(client));
  const now = context.clock.now();
  const overlapUntil = new Date(now.getTime() + request.overlapSeconds * 1000);
  const secret = newClientSecret(context);
  const stored = { id: context.random.uuid(), hash: context.hashing.tokenHash(secret) };
  await context.store.transaction(async (tx) => {
    const added = await tx.clients.addSecret(client.clientId, stored, { now, overlapUntil });
    if (!added) throw clientNotFound(request.clientId);
    recordChange(
      actor,
      {
        action: 'client.secret_regenerated',
        target: { type: 'client', id: client.clientId },
        details: { overlap_seconds: request.overlapSeconds },
      },
      tx,
    );
  });
  const overlaps = request.overlapSeconds > 0 && client.secrets.length > 0;
  return { client, secret, ...(overlaps && { previousExpiresAt: overlapUntil }) };
}

function explainNoSecret(client: Client): string {
  return client.type === 'public'
    ? 'Public clients do not have a secret to regenerate'
    : `This client proves itself with ${client.authMethod} and has no secret`;
}
