import type { AuditAction } from '../../model/audit-action.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Session } from '../../model/people/session.js';
import type { Context } from '../../ports/context.js';
import type { SignedIn } from '../browser-session.js';
import { passwordFactor } from '../factors/password/password.js';
import { readRecoveryCode } from '../factors/recovery-code/format.js';
import { readTotpCode } from '../factors/totp/totp.js';
import { useCode } from './use-code.js';

/** What is typed before a change that a thief of the session must not make: the password, or a code of the second factor. */
export interface ProofRequest extends SignedIn {
  readonly typed: string | undefined;
  readonly origin: RequestOrigin;
  /** The change that is wanted, as the audit log names it. */
  readonly what: AuditAction;
}

export type NotProved =
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

type Needs = Parameters<typeof useCode>[2] & Pick<Context, 'audit'>;

const TRIES_PER_WINDOW = 10;
/** Whoever signed in a moment ago need not type their password again. */
export const RECENT_SECONDS = 600;

/** Whether a sign-in is fresh enough to change something on the strength of it. */
export function isRecent({ authTime }: Pick<Session, 'authTime'>, { clock }: Pick<Context, 'clock'>): boolean {
  return clock.now().getTime() - authTime.getTime() <= RECENT_SECONDS * 1000;
}

/** Whether it is still the person who signed in. What was wrong leaves a trace. */
export async function proveAgain(
  request: ProofRequest,
  context: Needs,
): Promise<{ readonly kind: 'proved' } | NotProved> {
  const { user, session, typed, origin, what } = request;
  if (typed === undefined || typed === '') return { kind: 'missing' };
  const proof = await prove(typed, { user, session }, context);
  if (proof.kind === 'proved') return proof;
  const actor = { type: 'user', id: user.id, name: user.username } as const;
  await context.audit.record({ action: what, outcome: 'failure', actor, details: { reason: proof.kind } }, origin);
  return proof;
}

async function prove(
  typed: string,
  { user: { id }, session }: SignedIn,
  context: Needs,
): Promise<{ readonly kind: 'proved' } | Exclude<NotProved, { kind: 'missing' }>> {
  const limit = await context.limiter.consume({
    key: `prove-again:${session.id}`,
    points: TRIES_PER_WINDOW,
    windowSeconds: 300,
  });
  if (!limit.allowed) return { kind: 'limited', retryAfterSeconds: limit.resetSeconds };
  // First the password, because some passwords look like recovery codes.
  if ((await passwordFactor.prove(typed, id, context)).kind === 'right') return { kind: 'proved' };
  if (readTotpCode(typed) === undefined && readRecoveryCode(typed) === undefined) return { kind: 'wrong' };
  const use = await useCode(typed, { userId: id, from: { session: session.id } }, context);
  if (use.kind === 'locked') return { kind: 'limited', retryAfterSeconds: use.retryAfterSeconds };
  return { kind: use.kind === 'used' ? 'proved' : 'wrong' };
}
