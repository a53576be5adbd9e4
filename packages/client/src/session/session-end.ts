/** Telling that a session has ended, and why. */
import { LoginRequiredError, SessionExpiredError, type SessionEnd } from '../errors/credential-errors.js';
import { OAuthProtocolError } from '../errors/service-errors.js';
import type { RecordMeta } from '../store/token-store.js';

/** Why the server ended a session, as far as its words and the stored end tell. */
export function sessionEndOf(error: unknown, record: RecordMeta, now: number): SessionEnd {
  const text = error instanceof OAuthProtocolError ? (error.description ?? '') : '';
  if (/reuse|replay|already (been )?used|used (before|twice|again|more than once)/i.test(text)) return 'reused';
  const over = record.sessionExpiresAt !== undefined && record.sessionExpiresAt <= now;
  return over || /expired/i.test(text) ? 'expired' : 'revoked';
}

/** The error for a session that has ended; `login` is the command that starts a new one. */
export function sessionExpired(
  session: { readonly profile?: string; readonly login?: string; readonly end: SessionEnd },
  cause?: unknown,
): SessionExpiredError {
  const where = session.profile === undefined ? '' : ` for profile "${session.profile}"`;
  return new SessionExpiredError({
    message: `Your session${where} has expired.`,
    reason: reasons[session.end],
    hint: session.login === undefined ? 'Log in again.' : `Run:  ${session.login}`,
    end: session.end,
    cause,
  });
}

const reasons: Readonly<Record<SessionEnd, string>> = {
  revoked: 'The refresh token was revoked on the server.',
  expired: 'The refresh token reached the end of its life.',
  reused: 'The server saw the refresh token used twice and ended the session for safety.',
};

/** The error for a session that was never started. */
export function loginRequired(session: {
  readonly profile?: string;
  readonly login?: string;
  readonly reason?: string;
}): LoginRequiredError {
  return new LoginRequiredError({
    message: 'You are not logged in.',
    reason:
      session.reason ??
      (session.profile === undefined
        ? 'There is no stored session.'
        : `There is no session for profile "${session.profile}".`),
    hint: session.login === undefined ? 'Log in first.' : `Run:  ${session.login}`,
  });
}
