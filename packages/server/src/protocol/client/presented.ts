import { JWT_BEARER_ASSERTION, type Parameters } from '@authly/oauth';
import { OAuthError } from '../error.js';

/** What a request brought to say which client sent it. */
export type PresentedClient =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'none'; readonly clientId: string }
  | { readonly kind: 'client_secret_basic' | 'client_secret_post'; readonly clientId: string; readonly secret: string }
  | { readonly kind: 'private_key_jwt'; readonly clientId: string | undefined; readonly assertion: string };

/** Reads the client's credentials from the Authorization header and the form; more than one method is refused. @spec OAuth 2.1 §2.4 */
// @check 107, 108, 110, 120
export function presentedClient(authorization: string | undefined, form: Parameters): PresentedClient {
  const basic = authorization === undefined ? undefined : readBasic(authorization);
  const clientId = form.values.get('client_id');
  const secret = form.values.get('client_secret');
  const assertion = form.values.get('client_assertion');
  const assertionType = form.values.get('client_assertion_type');
  const methods = [basic, secret, assertion ?? assertionType].filter((method) => method !== undefined);
  if (methods.length > 1) throw new OAuthError('invalid_request', 'Use one client authentication method only.');
  if (basic) {
    if (clientId !== undefined && clientId !== basic.clientId) {
      throw new OAuthError(
        'invalid_request',
        'client_id in the form differs from the one in the Authorization header.',
      );
    }
    return { kind: 'client_secret_basic', ...basic };
  }
  if (assertion !== undefined || assertionType !== undefined) return readAssertion(clientId, assertion, assertionType);
  if (secret !== undefined) {
    if (clientId === undefined) throw new OAuthError('invalid_request', 'client_secret was sent without client_id.');
    return { kind: 'client_secret_post', clientId, secret };
  }
  return clientId === undefined ? { kind: 'nothing' } : { kind: 'none', clientId };
}

function readAssertion(
  clientId: string | undefined,
  assertion: string | undefined,
  type: string | undefined,
): PresentedClient {
  if (type !== JWT_BEARER_ASSERTION)
    throw new OAuthError('invalid_client', `client_assertion_type must be ${JWT_BEARER_ASSERTION}.`);
  if (assertion === undefined) throw new OAuthError('invalid_request', 'client_assertion is missing.');
  return { kind: 'private_key_jwt', clientId, assertion };
}

/** Both halves are form-urldecoded after Base64, split at the first colon. @spec RFC 6749 §2.3.1 */
function readBasic(authorization: string): { readonly clientId: string; readonly secret: string } | undefined {
  const match = /^basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(authorization);
  if (!match) {
    // Another scheme on a token request is no client authentication; a broken Basic header is a failed one.
    if (!/^basic\b/i.test(authorization)) return undefined;
    throw malformed();
  }
  const decoded = decodeUtf8(Buffer.from(match[1] ?? '', 'base64'));
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 1) throw malformed();
  const clientId = formDecode(decoded.slice(0, colon));
  const secret = formDecode(decoded.slice(colon + 1));
  if (clientId === undefined || secret === undefined || secret === '') throw malformed();
  return { clientId, secret };
}

function malformed(): OAuthError {
  return new OAuthError('invalid_client', 'The Authorization header is not valid Basic authentication.', {
    headers: { 'WWW-Authenticate': 'Basic realm="authly", charset="UTF-8"' },
  });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function formDecode(value: string): string | undefined {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
