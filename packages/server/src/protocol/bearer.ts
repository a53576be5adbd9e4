import type { RequestOrigin } from '../model/audit-event.js';
import type { Context } from '../ports/context.js';
import { OAuthError } from './error.js';
import { findLiveToken, type LiveToken } from './live-token.js';

export interface BearerRequest {
  readonly authorization: string | undefined;
  /** A token in the form body, where the endpoint takes one. @spec RFC 6750 §2.2 */
  readonly inBody?: string;
  readonly origin: RequestOrigin;
}

/** The token that protects a resource of our own: alive, and meant for this server. @spec RFC 6750 §2, §3 */
// @check 195, 206, 209, 210, 211
export async function authenticateBearer(
  request: BearerRequest,
  context: Pick<Context, 'store' | 'clock' | 'hashing' | 'directory' | 'settings'>,
): Promise<LiveToken> {
  const { authorization, inBody } = request;
  if (authorization === undefined && inBody === undefined) throw unauthorized('Not authenticated', undefined);
  if (authorization !== undefined && inBody !== undefined) {
    throw new OAuthError('invalid_request', 'Send the token once: in the Authorization header or in the form.', {
      headers: challenge('invalid_request'),
    });
  }
  const token = inBody ?? /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw unauthorized('The Authorization header is not a bearer token.', 'invalid_token');
  const live = await findLiveToken(token, context, request.origin);
  if (!live || !meantForUs(live, context)) throw unauthorized('Could not validate credentials', 'invalid_token');
  return live;
}

/** Refuses a token that lacks a scope. @spec RFC 6750 §3.1 */
export function requireScope(
  live: LiveToken,
  scope: string,
  description = `The token lacks the scope ${scope}.`,
): void {
  if (live.scopes.includes(scope)) return;
  throw new OAuthError('insufficient_scope', description, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}

/** A token for another resource is not for us, even though we signed it. @spec RFC 9068 §4 */
function meantForUs(live: LiveToken, context: Pick<Context, 'settings'>): boolean {
  if (live.kind === 'api_key') return true;
  const audience = live.claims?.aud;
  const ours = [context.settings.issuer, context.settings['tokens.default_audience']];
  return (Array.isArray(audience) ? audience : [audience]).some((one) => typeof one === 'string' && ours.includes(one));
}

function unauthorized(description: string, error: string | undefined): OAuthError {
  return new OAuthError('invalid_token', description, { headers: challenge(error) });
}

function challenge(error: string | undefined): Record<string, string> {
  return { 'WWW-Authenticate': error === undefined ? 'Bearer' : `Bearer error="${error}"` };
}
