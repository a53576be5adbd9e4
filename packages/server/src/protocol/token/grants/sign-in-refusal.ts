import { refusalWords, type Unproved } from '../../../identity/refusal-words.js';
import { OAuthError, recorded, tooMany } from '../../error.js';

/** What a refused name, password or second factor is answered with at OAuth's endpoints. @spec RFC 6749 §5.2 */
export function signInRefusal(refusal: Unproved): OAuthError {
  const { kind, sentence, retryAfterSeconds = 0 } = refusalWords(refusal);
  switch (kind) {
    case 'credentials':
      return recorded(new OAuthError('invalid_grant', sentence));
    case 'too-often':
      return tooMany('invalid_grant', sentence, retryAfterSeconds);
    case 'second-factor-missing': {
      const members = refusal.kind === 'second-factor' ? { mfa_methods: refusal.methods } : {};
      return new OAuthError('mfa_required', sentence, { members });
    }
  }
}
