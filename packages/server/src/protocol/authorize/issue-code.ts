import type { GrantId } from '@authly/oauth';
import type { AuthorizationCode } from '../../model/tokens/authorization-code.js';
import type { AuthorizationQuestion, AuthorizationRequest } from '../../model/tokens/authorization-request.js';
import { isStranger } from '../../model/client.js';
import { type Grant, newGrant } from '../../model/tokens/grant.js';
import type { Session } from '../../model/people/session.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { liveScopes } from '../live-scopes.js';
import { answeredAcr } from './acr.js';
import { AuthorizationError } from './authorization-error.js';

/** How and when a person proved who they are, and how long that holds. */
export interface Proof {
  /** Without an id: a login without a browser. */
  readonly session: Pick<Session, 'authTime' | 'acr' | 'amr' | 'expiresAt'> & Partial<Pick<Session, 'id'>>;
  readonly user: User;
}

/** A code that is made but not stored; `secret` is what the client gets. */
export interface MadeCode {
  readonly grant: Grant;
  readonly code: AuthorizationCode;
  readonly secret: string;
}

/** Stores what the person allowed and answers the code for it. @spec OAuth 2.1 §4.1.2 */
export async function issueCode(
  request: AuthorizationRequest,
  proof: Proof,
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings' | 'store' | 'directory'>,
): Promise<string> {
  const made = await makeCode(request, proof, context);
  if (made === undefined)
    throw new AuthorizationError('access_denied', 'None of the scopes asked for can be granted.', request);
  const issued = await context.store.codes.issue(made.grant, made.code, request.pushed);
  if (!issued) await refuseUsed(request, context);
  if (!issued) throw new AuthorizationError('access_denied', 'The login was ended while it was under way.', request);
  return made.secret;
}

/** Somebody else had the code of this pushed request: a second tab, which nothing must be sent from. @spec RFC 9126 §4 */
// @check 102
async function refuseUsed({ pushed }: AuthorizationRequest, context: Pick<Context, 'store'>): Promise<void> {
  const found = pushed === undefined ? undefined : await context.store.pushedRequests.find(pushed);
  if (found?.usedAt !== undefined)
    throw new OAuthError('invalid_request_uri', 'This sign-in was finished in another window.');
}

/** Makes a code for what of the question the client may ask and the person may hold; `undefined` when that is nothing. */
// @check 73, 162, 272
export async function makeCode(
  question: AuthorizationQuestion & Partial<Pick<AuthorizationRequest, 'redirectUri'>>,
  { session, user }: Proof,
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings' | 'directory'>,
): Promise<MadeCode | undefined> {
  // A page can stay open for an hour: what was taken from the client meanwhile is not granted.
  const client = await context.directory.client(question.clientId);
  const scopes = await liveScopes(question.scopes, { client, user }, context);
  if (question.scopes.length > 0 && scopes.length === 0) return undefined;
  const now = context.clock.now();
  // The programs of strangers rarely ask to stay signed in, and cannot do without.
  const offline =
    scopes.includes('offline_access') ||
    (client !== undefined && isStranger(client) && client.grantTypes.includes('refresh_token'));
  const absolute = now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000;
  const grantId = context.random.uuid() as GrantId;
  const grant = newGrant({
    id: grantId,
    clientId: question.clientId,
    user,
    proof: {
      sessionId: session.id,
      authTime: session.authTime,
      acr: answeredAcr(question, session.acr),
      amr: session.amr,
    },
    scopes,
    resources: question.resources,
    claims: question.claims,
    method: 'authorization_code',
    offline,
    createdAt: now,
    // Without offline_access the tokens end with the session at the latest. @spec OAuth for Browser-Based Apps §6.3
    expiresAt: new Date(offline ? absolute : Math.min(absolute, session.expiresAt.getTime())),
  });
  const secret = context.random.bytes(32).toString('base64url');
  const code: AuthorizationCode = {
    hash: context.hashing.tokenHash(secret),
    grantId,
    clientId: question.clientId,
    redirectUri: question.redirectUri,
    codeChallenge: question.codeChallenge,
    nonce: question.nonce,
    boundTo: question.boundTo,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.code_lifetime'] * 1000),
  };
  return { grant, code, secret };
}
