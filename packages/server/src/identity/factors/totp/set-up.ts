import type { RequestOrigin } from '../../../model/audit-event.js';
import type { SecondFactor, TotpSetup } from '../../../model/people/second-factor.js';
import type { User } from '../../../model/people/user.js';
import type { Context } from '../../../ports/context.js';
import { passwordAnd } from '../../assurance.js';
import { regenerateSession, type SignedIn } from '../../browser-session.js';
import { isRecent, type NotProved, proveAgain } from '../../second-factor/prove-again.js';
import { makeRecoveryCodes } from '../recovery-code/recovery-codes.js';
import { newSecret, openSecret } from './secret.js';
import { readTotpCode } from './totp.js';

/** Time to find an app, to install it, and to type. */
const LIFETIME_SECONDS = 1800;
const TRIES_PER_WINDOW = 20;

/** A secret on its way into an app. It counts for nothing until the app has shown a right code. */
export interface ShownSetup {
  readonly id: string;
  /** As it is typed. */
  readonly secret: string;
  /** As a QR code holds it. */
  readonly address: string;
}

/**
 * Whether the password, or a code, has to be typed before a set-up begins: always where one second factor would take the place of
 * another, and otherwise unless the person signed in a moment ago.
 */
export function asksForProof(
  { session }: Pick<SignedIn, 'session'>,
  factors: readonly SecondFactor[],
  context: Pick<Context, 'clock'>,
): boolean {
  return factors.length > 0 || !isRecent(session, context);
}

export type BegunSetUp = { readonly kind: 'begun'; readonly setup: ShownSetup } | NotProved;

/** Begins the set-up of an app; one begun before is forgotten. The second factor that there is stays until the end of it. */
export async function beginSetUp(
  signedIn: SignedIn,
  {
    typed,
    issuer,
    origin,
  }: { readonly typed: string | undefined; readonly issuer: string; readonly origin: RequestOrigin },
  context: Context,
): Promise<BegunSetUp> {
  const { user } = signedIn;
  if (asksForProof(signedIn, await context.store.secondFactors.listOf(user.id), context)) {
    const proof = await proveAgain({ ...signedIn, typed, origin, what: 'second_factor.enabled' }, context);
    if (proof.kind !== 'proved') return proof;
  }
  const now = context.clock.now();
  const { secret, sealedSecret } = newSecret(user.id, context);
  const setup: TotpSetup = {
    id: context.random.uuid(),
    userId: user.id,
    sealedSecret,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000),
  };
  await context.store.secondFactors.propose(setup);
  return { kind: 'begun', setup: shown(setup.id, { secret, user, issuer }, context) };
}

export type ConfirmedSetUp =
  /** `recoveryCodes` are told now or never; `secret` is the session's new one, for the cookie. */
  | { readonly kind: 'enabled'; readonly recoveryCodes: readonly string[]; readonly secret: string }
  | { readonly kind: 'wrong'; readonly setup: ShownSetup }
  | { readonly kind: 'limited'; readonly setup: ShownSetup; readonly retryAfterSeconds: number }
  /** It took too long, or another set-up was begun or confirmed. */
  | { readonly kind: 'over' };

/**
 * The app has the secret when it shows a right code: from now on it is the person's second factor. This session has proved it;
 * others go on as they are.
 */
export async function confirmSetUp(
  signedIn: SignedIn,
  typed: { readonly id: string; readonly code: string; readonly issuer: string; readonly origin: RequestOrigin },
  context: Context,
): Promise<ConfirmedSetUp> {
  const { user } = signedIn;
  const now = context.clock.now();
  const setup = await context.store.secondFactors.findSetup(user.id, now);
  if (setup?.id !== typed.id) return { kind: 'over' };
  const secret = openSecret(setup, context);
  const again = shown(setup.id, { secret, user, issuer: typed.issuer }, context);
  const limit = await context.limiter.consume({
    key: `second-factor-setup:${signedIn.session.id}`,
    points: TRIES_PER_WINDOW,
    windowSeconds: 300,
  });
  if (!limit.allowed) return { kind: 'limited', setup: again, retryAfterSeconds: limit.resetSeconds };
  const code = readTotpCode(typed.code);
  const step = code === undefined ? undefined : context.oneTimeCodes.stepOf(code, secret, now);
  if (step === undefined) return { kind: 'wrong', setup: again };
  const recoveryCodes = makeRecoveryCodes(user.id, context);
  const first = await context.store.transaction(async (tx) => {
    const enabled = await tx.secondFactors.enable({ setup, step, recoveryCodes: recoveryCodes.hashes, now });
    const actor = { type: 'user', id: user.id, name: user.username } as const;
    if (enabled) tx.record({ action: 'second_factor.enabled', outcome: 'success', actor }, typed.origin);
    return enabled;
  });
  if (!first) return { kind: 'over' };
  return {
    kind: 'enabled',
    recoveryCodes: recoveryCodes.shown,
    secret: await regenerateSession(signedIn, passwordAnd('otp'), context),
  };
}

function shown(
  id: string,
  { secret, user, issuer }: { readonly secret: Buffer; readonly user: User; readonly issuer: string },
  { oneTimeCodes }: Pick<Context, 'oneTimeCodes'>,
): ShownSetup {
  return {
    id,
    secret: oneTimeCodes.formatSecret(secret),
    address: oneTimeCodes.address({ secret, issuer, account: user.username }),
  };
}
