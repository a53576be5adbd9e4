import type { SignInRefusal } from '../../identity/sign-in.js';
import { OAuthError, tooMany } from '../error.js';

/** What a refused name, password or second factor is answered with at OAuth's endpoints. @spec RFC 6749 §5.2 */
export function signInRefusal(result: SignInRefusal): OAuthError {
  switch (result.kind) {
    case 'wrong':
      return new OAuthError('invalid_grant', 'Incorrect username or password');
    case 'inactive':
      return new OAuthError('invalid_grant', 'Account is deactivated');
    case 'unverified':
      return new OAuthError('invalid_grant', 'Account not verified');
    case 'locked':
      return tooMany(
        'invalid_grant',
        'Too many failed attempts. Account temporarily locked.',
        result.retryAfterSeconds,
      );
    case 'limited':
      return tooMany('invalid_grant', 'Too many login attempts. Wait, then try again.', result.retryAfterSeconds);
  }
}
