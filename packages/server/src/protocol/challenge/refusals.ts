import { OAuthError } from '../error.js';

/** The program must ask for more, and come back with this auth_session. @spec draft-ietf-oauth-first-party-apps §5.2.2.1 */
export function moreNeeded(
  authSession: string,
  methods: readonly string[],
  code: 'missing' | 'wrong' | 'spent',
): OAuthError {
  return new OAuthError('insufficient_authorization', DESCRIPTIONS[code], {
    members: { auth_session: authSession, mfa_methods: methods },
  });
}

const DESCRIPTIONS = {
  missing: 'The password is right. Send a code of the second factor as otp.',
  wrong: 'The code is wrong. Send another one as otp.',
  spent: 'The code was used before. Wait for the next one and send it as otp.',
} as const;

/** Only a browser can go on. @spec draft-ietf-oauth-first-party-apps §5.2.2.1.1 */
export function redirectToWeb(description: string): OAuthError {
  return new OAuthError('redirect_to_web', description);
}

/** Unknown, somebody else's, too old, used up: all the same. @spec draft-ietf-oauth-first-party-apps §5.2.2.1 */
export function invalidSession(description = 'This auth_session is over. Start the login again.'): OAuthError {
  return new OAuthError('invalid_session', description);
}
