import type { SessionId } from '@authly/oauth';
import type { RequestOrigin } from '../model/audit-event.js';
import type { User } from '../model/user.js';
import type { Context } from '../ports/context.js';

export interface PasswordChange {
  readonly user: User;
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The browser in which it is changed stays signed in; all others don't. */
  readonly keep?: SessionId;
  readonly origin: RequestOrigin;
}

export type PasswordChangeResult =
  | { readonly kind: 'changed' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'same' }
  | { readonly kind: 'weak'; readonly problem: string }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

const TRIES_PER_WINDOW = 10;

/** Changes a person's own password. Every other session and every token of theirs ends. */
export async function changePassword(
  change: PasswordChange,
  context: Pick<Context, 'store' | 'passwords' | 'clock' | 'settings' | 'limiter' | 'audit'>,
): Promise<PasswordChangeResult> {
  const { user, newPassword } = change;
  const limit = await context.limiter.consume({
    key: `change-password:${user.id}`,
    points: TRIES_PER_WINDOW,
    windowSeconds: 300,
  });
  if (!limit.allowed) return { kind: 'limited', retryAfterSeconds: limit.resetSeconds };
  const stored = await context.store.users.passwordHash(user.id);
  const right = await context.passwords.verify(stored, change.currentPassword);
  const actor = { type: 'user', id: user.id, name: user.username } as const;
  if (!right) {
    await context.audit.record(
      { action: 'password.changed', outcome: 'failure', actor, details: { reason: 'wrong' } },
      change.origin,
    );
    return { kind: 'wrong' };
  }
  if (newPassword === change.currentPassword) return { kind: 'same' };
  const problem = passwordProblem(newPassword, user, context);
  if (problem !== undefined) return { kind: 'weak', problem };
  const now = context.clock.now();
  const hash = await context.passwords.hash(newPassword);
  const stillRight = await context.store.users.setPassword(user.id, hash, { now, ifHash: stored });
  if (!stillRight) return { kind: 'wrong' };
  await context.store.sessions.end({ userId: user.id, except: change.keep }, now);
  await context.store.grants.revoke({ userId: user.id }, 'password_changed', now);
  await context.audit.record({ action: 'password.changed', outcome: 'success', actor }, change.origin);
  return { kind: 'changed' };
}

const LONGEST = 256;

/** What is wrong with a new password, in words for the person; `undefined` when nothing is. @spec NIST SP 800-63B §3.1.1 */
export function passwordProblem(
  password: string,
  user: Pick<User, 'username' | 'email'>,
  context: Pick<Context, 'settings'>,
): string | undefined {
  const length = [...password].length;
  const least = context.settings['passwords.min_length'];
  if (length < least) return `Use at least ${least} characters.`;
  if (length > LONGEST) return `Use at most ${LONGEST} characters.`;
  const plain = password.toLowerCase();
  if (plain === user.username.toLowerCase() || plain === user.email.toLowerCase())
    return 'Do not use your user name or e-mail address as the password.';
  return undefined;
}
