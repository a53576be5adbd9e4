import type { GrantId } from '@authly/oauth';
import type { SignedIn } from '../../identity/browser-session.js';
import type { AuthorizationRequest } from '../../model/authorization-request.js';
import type { Grant } from '../../model/grant.js';
import type { Context } from '../../ports/context.js';
import { isEntitled } from '../entitlement.js';
import { AuthorizationError } from './authorization-error.js';

/** Stores what the person allowed and answers the code for it. @spec OAuth 2.1 §4.1.2 */
// @check 73, 162, 272
export async function issueCode(
  request: AuthorizationRequest,
  { session, user }: SignedIn,
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings' | 'store'>,
): Promise<string> {
  const scopes = request.scopes.filter((scope) => isEntitled(scope, user));
  if (request.scopes.length > 0 && scopes.length === 0)
    throw new AuthorizationError('access_denied', 'The person may not hold any of the scopes asked for.', request);
  const now = context.clock.now();
  const offline = scopes.includes('offline_access');
  const absolute = now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000;
  const grant: Grant = {
    id: context.random.uuid() as GrantId,
    clientId: request.clientId,
    userId: user.id,
    sessionId: session.id,
    scopes,
    resources: request.resources,
    claims: request.claims,
    method: 'authorization_code',
    authTime: session.authTime,
    acr: session.acr,
    amr: session.amr,
    nonce: request.nonce,
    offline,
    createdAt: now,
    // Without offline_access the tokens end with the browser session at the latest. @spec OAuth for Browser-Based Apps §6.3
    expiresAt: new Date(offline ? absolute : Math.min(absolute, session.expiresAt.getTime())),
  };
  const secret = context.random.bytes(32).toString('base64url');
  await context.store.codes.issue(grant, {
    hash: context.hashing.tokenHash(secret),
    grantId: grant.id,
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    nonce: request.nonce,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.code_lifetime'] * 1000),
  });
  return secret;
}
