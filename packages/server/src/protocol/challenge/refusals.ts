import { OAuthError } from '../error.js';

/** The program must ask for more, and come back with this auth_session. @spec draft-ietf-oauth-first-party-apps §5.2.2.1 */
export function moreNeeded(
  authSession: string,
  methods: readonly string[],
  { wasWrong }: { readonly wasWrong: boolean },
): OAuthError {
  const description = wasWrong
    ? 'The code is wrong, or was used before. Send another one.'
    : 'The password is right. Send a code of the second factor as otp.';
  return new OAuthError('insufficient_authorization', description, {
    members: { auth_session: authSession, mfa_methods: methods },
  });
}

/** Only a browser can go on. @spec draft-ietf-oauth-first-party-apps §5.2.2.1.1 */
export function redirectToWeb(description: string): OAuthError {
  return new OAuthError('redirect_to_web', description);
}

/** Unknown, somebody else's, too old, used up: all the same. @spec draft-ietf-oauth-first-party-apps §5.2.2.1 */
export function invalidSession(description = 'This auth_session is over. Start the login again.'): OAuthError {
  return new OAuthError('invalid_session', description);
}
