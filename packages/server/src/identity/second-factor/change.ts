import type { RequestOrigin } from '../../model/audit-event.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import type { SignedIn } from '../browser-session.js';
import { tellOwner } from '../notice.js';
import { type NotProved, proveAgain } from './prove-again.js';
import { makeRecoveryCodes } from '../factors/recovery-code/recovery-codes.js';

/** A change to a second factor, with what was typed for it. */
export interface ChangeRequest extends SignedIn {
  /** The password or a code. */
  readonly typed: string | undefined;
  readonly origin: RequestOrigin;
}

/** `gone`: there is none any more. */
export type RefusedChange = NotProved | { readonly kind: 'gone' };

/** Makes new recovery codes, told now or never; the old ones are worth nothing from then on. */
export async function renewRecoveryCodes(
  request: ChangeRequest,
  context: Context,
): Promise<{ readonly kind: 'renewed'; readonly recoveryCodes: readonly string[] } | RefusedChange> {
  const action = 'recovery_codes.renewed';
  const proof = await proveAgain({ ...request, what: action }, context);
  if (proof.kind !== 'proved') return proof;
  const { user, origin } = request;
  const codes = makeRecoveryCodes(user.id, context);
  const renewed = await context.store.transaction(async (tx) => {
    const there = await tx.secondFactors.replaceRecoveryCodes(user.id, codes.hashes, context.clock.now());
    if (there) tx.record({ action, outcome: 'success', actor: actorOf(user) }, origin);
    return there;
  });
  return renewed ? { kind: 'renewed', recoveryCodes: codes.shown } : { kind: 'gone' };
}

/** Takes the second factor away: the password is enough again. */
export async function removeSecondFactor(
  request: ChangeRequest,
  context: Context,
): Promise<{ readonly kind: 'removed' } | RefusedChange> {
  const action = 'second_factor.removed';
  const proof = await proveAgain({ ...request, what: action }, context);
  if (proof.kind !== 'proved') return proof;
  const { user, origin } = request;
  const removed = await context.store.transaction(async (tx) => {
    if (!(await tx.secondFactors.remove(user.id))) return false;
    tx.record({ action, outcome: 'success', actor: actorOf(user) }, origin);
    await tellOwner({ user, change: 'second_factor_removed' }, tx, context);
    return true;
  });
  return { kind: removed ? 'removed' : 'gone' };
}

function actorOf({ id, username }: User): { readonly type: 'user'; readonly id: string; readonly name: string } {
  return { type: 'user', id, name: username };
}
