import type { Received } from '@authly/admin-api';
import { type ClientId, readClientMetadata } from '@authly/oauth';
import { type Client, newClient, signingAlgorithmsOf } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { checkClient, checkScopesExist } from './client-check.js';
import { wantLogo } from './client-logo.js';
import { findClient } from './find-client.js';
import { hasSecret, newClientSecret } from './secret.js';

/** Registers a client. The secret is in the result and nowhere else. */
export async function createClient(
  body: Received<'createClient'>['body'],
  actor: Actor,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing' | 'signer'>,
): Promise<{ readonly client: Client; readonly secret?: string }> {
  const wanted = newClient({
    // What a caller sends besides metadata goes nowhere.
    ...readClientMetadata(body, body.client_type),
    id: context.random.uuid(),
    clientId: `client_${context.random.bytes(16).toString('base64url')}` as ClientId,
    type: body.client_type,
    scopes: body.scopes,
    createdAt: context.clock.now(),
  });
  checkClient(wanted);
  await checkScopesExist(body.scopes, context);
  await context.signer.announce(signingAlgorithmsOf(wanted));
  const secret = hasSecret(wanted) ? newClientSecret(context) : undefined;
  const secrets =
    secret === undefined
      ? []
      : [{ id: context.random.uuid(), hash: context.hashing.tokenHash(secret), createdAt: wanted.createdAt }];
  return await context.store.transaction(async (tx) => {
    const added = await tx.clients.add({ ...wanted, secrets });
    if (!added) throw new Error('two client ids of 128 random bits are the same');
    await wantLogo(undefined, wanted, tx);
    recordChange(
      actor,
      {
        action: 'client.created',
        target: { type: 'client', id: wanted.clientId },
        details: { client_name: wanted.name, client_type: wanted.type, scopes: wanted.scopes },
      },
      tx,
    );
    return { client: await findClient(wanted.clientId, { store: tx }), secret };
  });
}
