import type { PendingSignIn } from '../../model/people/second-factor.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { loginEnded } from '../../protocol/error.js';
import { type SignedIn, type StartedSession, startSession } from '../browser-session.js';
import type { Whereabouts } from '../places.js';
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
  user: Pick<User, 'id' | 'loginEpoch'>,
  browser: string,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>,
): Promise<string> {
  const now = context.clock.now();
  const handle = context.random.bytes(24).toString('base64url');
  const added = await context.store.pendingSignIns.add({
    idHash: context.hashing.tokenHash(handle),
    browserHash: context.hashing.tokenHash(browser),
    userId: user.id,
    loginEpoch: user.loginEpoch,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000),
  });
  if (!added) throw loginEnded();
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
  const stillRight = user?.isActive && user.loginEpoch === pending.loginEpoch;
  return stillRight ? { pending, user } : undefined;
}

export type CompletedSignIn =
  | (StartedSession & { readonly kind: 'signed-in'; readonly recoveryCodesLeft?: number })
  | { readonly kind: 'over' }
  | Exclude<SecondFactorCheck, { kind: 'right' }>;

/** Checks the code and starts the session, once. */
export async function completeSignIn(
  { pending, user }: HalfSignedIn,
  answer: Whereabouts & { readonly code: string; readonly before: SignedIn | undefined },
  context: Context,
): Promise<CompletedSignIn> {
  const { code, before, origin, browser } = answer;
  const check = await checkSecondFactor({ user, code, origin, browser, method: 'page' }, context);
  if (check.kind !== 'right') return check;
  const first = await context.store.pendingSignIns.complete(pending.idHash, context.clock.now());
  if (!first) return { kind: 'over' };
  const started = await startSession({ user, before, origin, proof: check.assurance }, context);
  return { kind: 'signed-in', ...started, recoveryCodesLeft: check.recoveryCodesLeft };
}
