import type { UserId } from '@authly/oauth';
import type { Context } from '../../../ports/context.js';

/** As long as the hash behind the codes. @spec RFC 4226 §4 (R6) */
const SECRET_BYTES = 20;

/** A new secret for an app, and as it is stored: for this person only. */
export function newSecret(
  userId: UserId,
  context: Pick<Context, 'random' | 'box'>,
): { readonly secret: Buffer; readonly sealedSecret: Buffer } {
  const secret = context.random.bytes(SECRET_BYTES);
  return { secret, sealedSecret: context.box.seal(secret, placeOf(userId)) };
}

/** The secret that only the master key opens. */
export function openSecret(
  { userId, sealedSecret }: { readonly userId: UserId; readonly sealedSecret: Buffer },
  context: Pick<Context, 'box'>,
): Buffer {
  const secret = context.box.open(sealedSecret, placeOf(userId));
  // Nobody may get in without it because a key was exchanged: an administrator can take the second factor away.
  if (secret === undefined)
    throw new Error(
      'the secret of an app for codes cannot be opened: JWT_SECRET_KEY is not the one it was sealed with',
    );
  return secret;
}

function placeOf(userId: UserId): string {
  return `totp-app:${userId}`;
}
