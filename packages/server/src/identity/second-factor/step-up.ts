import type { RequestOrigin } from '../../model/audit-event.js';
import type { Context } from '../../ports/context.js';
import { passwordAnd } from '../assurance.js';
import { regenerateSession, type SignedIn } from '../browser-session.js';
import { useCode } from './use-code.js';

export type StepUp =
  /** `secret`: the session's new one, for the cookie. */
  | { readonly kind: 'stepped-up'; readonly secret: string; readonly recoveryCodesLeft?: number }
  | { readonly kind: 'wrong'; readonly spent: boolean }
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number };

/**
 * Adds the second factor to a session that began with a password alone. The session keeps its auth_time: the password was not given
 * again. @spec RFC 9470 §5
 */
// @check 273
export async function stepUp(
  signedIn: SignedIn,
  { code, origin }: { readonly code: string; readonly origin: RequestOrigin },
  context: Context,
): Promise<StepUp> {
  const { user, session } = signedIn;
  const use = await useCode(code, { userId: user.id, from: { session: session.id } }, context);
  const actor = { type: 'user', id: user.id, name: user.username } as const;
  const target = { type: 'session', id: session.id };
  const action = 'login.stepped_up';
  if (use.kind !== 'used') {
    const details = { reason: use.kind === 'locked' ? 'second_factor_locked' : 'second_factor' };
    await context.audit.record({ action, outcome: 'failure', actor, target, details }, origin);
    return use.kind === 'locked' ? use : { kind: 'wrong', spent: use.spent };
  }
  const secret = await regenerateSession(signedIn, passwordAnd(use.factor), context);
  const details = { second_factor: use.factor };
  await context.audit.record({ action, outcome: 'success', actor, target, details }, origin);
  return {
    kind: 'stepped-up',
    secret,
    ...(use.recoveryCodesLeft !== undefined && { recoveryCodesLeft: use.recoveryCodesLeft }),
  };
}
