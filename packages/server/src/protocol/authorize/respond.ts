import type { Context } from '../../ports/context.js';
import type { AuthorizationError, ReturnAddress } from './authorization-error.js';

/** An answer on its way back to the client through the browser. */
export type AuthorizationResponse =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'form_post'; readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** The answer that carries a code. @spec OAuth 2.1 §4.1.2, RFC 9207 §2 */
// @check 32, 69, 70, 72, 74, 75
export function codeResponse(
  code: string,
  returnTo: ReturnAddress,
  context: Pick<Context, 'settings'>,
): AuthorizationResponse {
  return respond({ code, ...commonParameters(returnTo, context) }, returnTo);
}

/** The answer that carries an error. @spec OAuth 2.1 §4.1.2.1 */
// @check 70, 71, 75
export function errorResponse(error: AuthorizationError, context: Pick<Context, 'settings'>): AuthorizationResponse {
  const fields = {
    error: error.code,
    error_description: printable(error.description),
    ...commonParameters(error.returnTo, context),
  };
  return respond(fields, error.returnTo);
}

function commonParameters(returnTo: ReturnAddress, context: Pick<Context, 'settings'>): Record<string, string> {
  return { ...(returnTo.state !== undefined && { state: returnTo.state }), iss: context.settings.issuer };
}

function respond(fields: Record<string, string>, { redirectUri, responseMode }: ReturnAddress): AuthorizationResponse {
  if (responseMode === 'form_post') return { kind: 'form_post', action: redirectUri, fields };
  const query = new URLSearchParams(fields).toString();
  if (responseMode === 'fragment') return { kind: 'redirect', location: `${redirectUri}#${query}` };
  // A registered query is kept and extended. @spec OAuth 2.1 §2.3
  const joint = redirectUri.includes('?') ? (/[?&]$/.test(redirectUri) ? '' : '&') : '?';
  return { kind: 'redirect', location: `${redirectUri}${joint}${query}` };
}

/** error_description may hold printable ASCII without quote and backslash only. @spec OAuth 2.1 §4.1.2.1 */
function printable(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
