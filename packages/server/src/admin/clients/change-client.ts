import type { Received } from '@authly/admin-api';
import { type Client, signingAlgorithmsOf } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import type { Transaction } from '../../ports/store/transaction.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal, invalid, refuseStale } from '../refusal.js';
import { checkClient, checkScopesExist } from './client-check.js';
import { type ChangeOfClient, readClientChange } from './client-changes.js';
import { wantLogo } from './client-logo.js';
import { clientNotFound, findClient } from './find-client.js';

export interface ClientChangeRequest {
  readonly clientId: string;
  readonly body: Partial<Received<'updateClient'>['body']>;
  readonly ifVersion: number | undefined;
}

type Needs = Pick<Context, 'store' | 'clock' | 'signer'>;

/**
 * Changes the given fields of a client and no others. The result as a whole must make sense, so it is written only onto the
 * version that was looked at; without If-Match a change that came between is looked at again.
 */
export async function changeClient(
  request: ClientChangeRequest,
  actor: Actor,
  context: Needs,
): Promise<{ readonly client: Client; readonly fields: readonly string[] }> {
  const wanted = readClientChange(request.body);
  if (wanted.change.scopes !== undefined) await checkScopesExist(wanted.change.scopes, context);
  await context.signer.announce(signingAlgorithmsOf(wanted.change));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await findClient(request.clientId, context);
    if (request.ifVersion !== undefined && request.ifVersion !== before.version) throw refuseStale('client');
    checkChange(before, request.body, wanted);
    const now = context.clock.now();
    const after = await context.store.transaction(async (tx) => {
      const options = { now, ifVersion: before.version, clear: wanted.clear };
      const changed = await tx.clients.change(before.clientId, wanted.change, options);
      if (typeof changed === 'string') return changed;
      await wantLogo(before, changed, tx);
      if (!changed.isActive) await endTokens(changed, now, tx);
      record({ before, after: changed, wanted }, actor, tx);
      return changed;
    });
    if (after === 'unknown') throw clientNotFound(request.clientId);
    if (after !== 'stale') return { client: after, fields: wanted.fields };
  }
  throw refuseStale('client');
}

const ATTEMPTS = 5;

function checkChange(before: Client, body: ClientChangeRequest['body'], wanted: ChangeOfClient): void {
  if (body.client_type !== undefined && body.client_type !== before.type)
    throw invalid([{ field: 'client_type', message: 'The type of a client cannot be changed; create another client' }]);
  if (wanted.fields.length === 0) throw new AdminRefusal('INVALID_REQUEST', 'No valid fields to update');
  const fixed = before.isSystem ? wanted.fields.find((field) => FIXED_FOR_SYSTEM.has(field)) : undefined;
  if (fixed !== undefined)
    throw new AdminRefusal('PROTECTED', `The server itself needs this client; its ${fixed} cannot be changed`);
  const cleared = Object.fromEntries(wanted.clear.map((field) => [field, undefined]));
  const after = { ...before, ...wanted.change, ...cleared };
  // The server's own client uses a grant that nobody else may register; what could break it is fixed above.
  if (!before.isSystem) checkClient(after);
}

/** What the server relies on in the client that it made for itself. */
const FIXED_FOR_SYSTEM: ReadonlySet<string> = new Set([
  'is_active',
  'redirect_uris',
  'scopes',
  'grant_types',
  'response_types',
  'pkce',
  'first_party',
  'access_token_type',
  'token_endpoint_auth_method',
  'subject_type',
  'sector_identifier_uri',
  'jwks',
  'jwks_uri',
]);

/** Otherwise they would come back to life when the client is activated again. */
async function endTokens({ clientId }: Client, now: Date, tx: Transaction): Promise<void> {
  await tx.grants.revoke({ clientId }, 'client_deactivated', now);
  await tx.admin.clients.revokeOwnTokens(clientId, now);
}

function record(
  { before, after, wanted }: { readonly before: Client; readonly after: Client; readonly wanted: ChangeOfClient },
  actor: Actor,
  tx: Transaction,
): void {
  const isAdopted = before.origin !== after.origin;
  const turned = isAdopted
    ? 'adopted'
    : before.isActive === after.isActive
      ? 'changed'
      : after.isActive
        ? 'activated'
        : 'deactivated';
  recordChange(
    actor,
    {
      action: `client.${turned}`,
      target: { type: 'client', id: after.clientId },
      details: { fields: wanted.fields, version: after.version },
    },
    tx,
  );
}
