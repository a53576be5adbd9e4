import type { UserId } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { PendingSignIn } from '../../model/second-factor.js';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { ACR_MULTI_FACTOR } from '../../protocol/first-party.js';
import { type SignedIn, type StartedSession, startSession } from '../browser-session.js';
import { checkSecondFactor, type SecondFactorCheck } from './check.js';

/** Time to find the phone, and to type. */
const LIFETIME_SECONDS = 600;

/** A person whose password was right in this browser, and who is not signed in yet. */
export interface HalfSignedIn {
  readonly pending: PendingSignIn;
  readonly user: User;
}

/** Remembers that the password was right; answers the handle that the next page carries. Worth nothing without the code. */
export async function beginPendingSignIn(
  userId: UserId,
  browser: string,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>,
): Promise<string> {
  const now = context.clock.now();
  const handle = context.random.bytes(24).toString('base64url');
  await context.store.pendingSignIns.add({
    idHash: context.hashing.tokenHash(handle),
    browserHash: context.hashing.tokenHash(browser),
    userId,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000),
  });
  return handle;
}

/** Who is behind a handle; `undefined` when it has ended, belongs to another browser, or the password would not do any more. */
export async function openPendingSignIn(
  handle: string,
  browser: string,
  context: Pick<Context, 'store' | 'clock' | 'hashing'>,
): Promise<HalfSignedIn | undefined> {
  if (handle.length > 100) return undefined;
  const { store, clock, hashing } = context;
  const pending = await store.pendingSignIns.find(hashing.tokenHash(handle));
  if (!pending || pending.completedAt !== undefined || pending.expiresAt <= clock.now()) return undefined;
  if (!hashing.equal(pending.browserHash, hashing.tokenHash(browser))) return undefined;
  const user = await store.users.find(pending.userId);
  const stillRight = user?.isActive && user.isVerified && user.passwordChangedAt <= pending.createdAt;
  return stillRight ? { pending, user } : undefined;
}

export type CompletedSignIn =
  | (StartedSession & { readonly kind: 'signed-in'; readonly recoveryCodesLeft?: number })
  | { readonly kind: 'over' }
  | Exclude<SecondFactorCheck, { kind: 'right' }>;

/** Checks the code and starts the session, once. */
export async function completeSignIn(
  { pending, user }: HalfSignedIn,
  answer: { readonly code: string; readonly before: SignedIn | undefined; readonly origin: RequestOrigin },
  context: Context,
): Promise<CompletedSignIn> {
  const { code, before, origin } = answer;
  const check = await checkSecondFactor({ user, code, origin, method: 'page' }, context);
  if (check.kind !== 'right') return check;
  const first = await context.store.pendingSignIns.complete(pending.idHash, context.clock.now());
  if (!first) return { kind: 'over' };
  const started = await startSession(
    { user, before, origin, proof: { acr: ACR_MULTI_FACTOR, amr: check.amr } },
    context,
  );
  return { kind: 'signed-in', ...started, recoveryCodesLeft: check.recoveryCodesLeft };
}
