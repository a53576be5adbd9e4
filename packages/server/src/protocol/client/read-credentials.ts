import { JWT_BEARER_ASSERTION, type Parameters } from '@authly/oauth';
import { OAuthError } from '../error.js';
import { basicChallenge } from './basic-challenge.js';

/** A client id with a secret, as one way of writing them has it. */
export interface SecretReading {
  readonly clientId: string;
  readonly secret: string;
}

/** What a request brought to say which client sent it. */
export type PresentedCredentials =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'none'; readonly clientId: string }
  | { readonly kind: 'client_secret_post'; readonly readings: readonly [SecretReading] }
  | { readonly kind: 'client_secret_basic'; readonly readings: readonly [SecretReading, ...SecretReading[]] }
  | { readonly kind: 'private_key_jwt'; readonly clientId: string | undefined; readonly assertion: string };

/** Reads the client's credentials from the Authorization header and the form; more than one method is refused. @spec OAuth 2.1 §2.4 */
// @check 107, 108, 110, 120
export function readCredentials(authorization: string | undefined, form: Parameters): PresentedCredentials {
  const basic = authorization === undefined ? undefined : readBasic(authorization);
  const clientId = form.values.get('client_id');
  const secret = form.values.get('client_secret');
  const assertion = form.values.get('client_assertion');
  const assertionType = form.values.get('client_assertion_type');
  const methods = [basic, secret, assertion ?? assertionType].filter((method) => method !== undefined);
  if (methods.length > 1) throw new OAuthError('invalid_request', 'Use one client authentication method only.');
  if (basic) {
    if (clientId !== undefined && !basic.some((reading) => reading.clientId === clientId)) {
      throw new OAuthError(
        'invalid_request',
        'client_id in the form differs from the one in the Authorization header.',
      );
    }
    return { kind: 'client_secret_basic', readings: basic };
  }
  if (assertion !== undefined || assertionType !== undefined) return readAssertion(clientId, assertion, assertionType);
  if (secret !== undefined) {
    if (clientId === undefined) throw new OAuthError('invalid_request', 'client_secret was sent without client_id.');
    return { kind: 'client_secret_post', readings: [{ clientId, secret }] };
  }
  return clientId === undefined ? { kind: 'nothing' } : { kind: 'none', clientId };
}

function readAssertion(
  clientId: string | undefined,
  assertion: string | undefined,
  type: string | undefined,
): PresentedCredentials {
  if (type !== JWT_BEARER_ASSERTION)
    throw new OAuthError('invalid_client', `client_assertion_type must be ${JWT_BEARER_ASSERTION}.`);
  if (assertion === undefined) throw new OAuthError('invalid_request', 'client_assertion is missing.');
  return { kind: 'private_key_jwt', clientId, assertion };
}

/**
 * Both halves are form-urlencoded before Base64, split at the first colon. About half of all clients leave the encoding out, so
 * the second reading takes the halves as they are. @spec RFC 6749 §2.3.1
 */
export function readBasic(authorization: string): readonly [SecretReading, ...SecretReading[]] | undefined {
  const match = /^basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(authorization);
  if (!match) {
    // Another scheme on a token request is no client authentication; a broken Basic header is a failed one.
    if (!/^basic\b/i.test(authorization)) return undefined;
    throw malformed();
  }
  const decoded = decodeUtf8(Buffer.from(match[1] ?? '', 'base64'));
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 1) throw malformed();
  const raw = { clientId: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
  const clientId = formDecode(raw.clientId);
  const secret = formDecode(raw.secret);
  if (clientId === undefined || secret === undefined) return [raw];
  return /[%+]/.test(decoded) ? [{ clientId, secret }, raw] : [raw];
}

function malformed(): OAuthError {
  const description = 'The Authorization header is not valid Basic authentication.';
  return new OAuthError('invalid_client', description, { headers: basicChallenge(description) });
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
