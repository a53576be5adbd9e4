import { type Parameters, parseScope } from '@authly/oauth';
import { OAuthError } from '../error.js';

/** The scope parameter as a list; `undefined` when it was not sent. @spec RFC 6749 §3.3 */
export function scopeParameter(form: Parameters): readonly string[] | undefined {
  const value = form.values.get('scope');
  if (value === undefined) return undefined;
  const scopes = parseScope(value);
  if (!scopes)
    throw new OAuthError(
      'invalid_scope',
      'scope holds a character that is not allowed: use printable ASCII, separated by spaces.',
    );
  return scopes;
}
