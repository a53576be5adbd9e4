import type { Actor } from '../../admin/actor.js';
import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import { authenticateBearer, FIRST_PARTY_ONLY, scopeChallenge } from '../../protocol/bearer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Operation } from './operation.js';

/** What still works for a person who must choose a new password first. */
const BEFORE_PASSWORD_CHANGE: ReadonlySet<string> = new Set(['changePassword', 'getPasswordStatus', 'logout']);

/** Who calls, and whether they may: a live token, a person, an administrator, the exact scope, in this order. */
export async function authorize(
  operation: Pick<Operation, 'access' | 'scope' | 'firstPartyNeedsNoScope' | 'apiKeyMay' | 'name'>,
  request: Incoming,
  context: Pick<
    Context,
    'store' | 'clock' | 'hashing' | 'directory' | 'settings' | 'signer' | 'proofSignatures' | 'audit' | 'events'
  >,
): Promise<Actor | undefined> {
  if (operation.access === 'anyone') return undefined;
  const { origin } = request;
  const token = await authenticateBearer({ ...presentedBy(request, context), beforePasswordChange: true }, context);
  const { user } = token;
  if (!user)
    throw new AdminRefusal('ADMIN_REQUIRED', 'No person stands behind this token; only the token of a person will do.');
  const actor: Actor = { user, token, origin };
  const problem = refuseMissing(operation, actor);
  if (problem === undefined) return actor;
  await recordRefusal(actor, operation, problem, context);
  throw problem;
}

function refuseMissing(
  operation: Pick<Operation, 'access' | 'scope' | 'firstPartyNeedsNoScope' | 'apiKeyMay' | 'name'>,
  { user, token }: Actor,
): AdminRefusal | undefined {
  if (operation.access === 'administrator' && !user.isAdmin)
    return new AdminRefusal('ADMIN_REQUIRED', 'Administrative privileges required for this operation');
  const isKeyThatMay = operation.apiKeyMay === true && token.kind === 'api_key';
  if (operation.access === 'signed-in' && !token.isFirstParty && !isKeyThatMay)
    return new AdminRefusal('FIRST_PARTY_REQUIRED', FIRST_PARTY_ONLY);
  const needsScope = !(operation.firstPartyNeedsNoScope === true && token.isFirstParty);
  if (operation.scope !== undefined && needsScope && !token.scopes.includes(operation.scope))
    return new AdminRefusal('INSUFFICIENT_SCOPE', `Missing required admin scope: ${operation.scope}`, {
      requiredScope: operation.scope,
      headers: scopeChallenge(token, operation.scope),
    });
  if (token.awaitsPasswordChange && !BEFORE_PASSWORD_CHANGE.has(operation.name))
    return new AdminRefusal('PASSWORD_CHANGE_REQUIRED', 'Password change required before anything else');
  return undefined;
}

async function recordRefusal(
  { user, origin, token }: Actor,
  operation: Pick<Operation, 'name'>,
  problem: AdminRefusal,
  context: Pick<Context, 'audit' | 'events'>,
): Promise<void> {
  context.events.emit({ type: 'security', event: 'admin_refused', severity: 'low' });
  await context.audit.record(
    {
      action: 'admin.refused',
      outcome: 'failure',
      actor: { type: 'user', id: user.id, name: user.username },
      ...(token.clientId !== undefined && { clientId: token.clientId }),
      details: { operation: operation.name, reason: problem.code },
    },
    origin,
  );
}
