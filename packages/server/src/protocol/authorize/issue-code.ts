import type { GrantId } from '@authly/oauth';
import type { AuthorizationCode } from '../../model/authorization-code.js';
import type { AuthorizationQuestion, AuthorizationRequest } from '../../model/authorization-request.js';
import type { Grant } from '../../model/grant.js';
import type { Session } from '../../model/session.js';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { isEntitled } from '../entitlement.js';
import { answeredAcr } from './acr.js';
import { AuthorizationError } from './authorization-error.js';

/** How and when a person proved who they are, and how long that holds. */
export interface Proof {
  readonly session: Pick<Session, 'id' | 'authTime' | 'acr' | 'amr' | 'expiresAt'>;
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
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings' | 'store'>,
): Promise<string> {
  const made = makeCode(request, { ...proof, grantId: context.random.uuid() as GrantId }, context);
  if (made === undefined)
    throw new AuthorizationError('access_denied', 'The person may not hold any of the scopes asked for.', request);
  await context.store.codes.issue(made.grant, made.code);
  return made.secret;
}

/** Makes a code for what of the question the person may hold; `undefined` when that is nothing. */
// @check 73, 162, 272
export function makeCode(
  question: AuthorizationQuestion & Partial<Pick<AuthorizationRequest, 'redirectUri'>>,
  { session, user, grantId }: Proof & { readonly grantId: GrantId },
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings'>,
): MadeCode | undefined {
  const scopes = question.scopes.filter((scope) => isEntitled(scope, user));
  if (question.scopes.length > 0 && scopes.length === 0) return undefined;
  const now = context.clock.now();
  const offline = scopes.includes('offline_access');
  const absolute = now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000;
  const grant: Grant = {
    id: grantId,
    clientId: question.clientId,
    userId: user.id,
    sessionId: session.id,
    scopes,
    resources: question.resources,
    claims: question.claims,
    method: 'authorization_code',
    authTime: session.authTime,
    acr: answeredAcr(question, session.acr),
    amr: session.amr,
    nonce: question.nonce,
    offline,
    createdAt: now,
    // Without offline_access the tokens end with the session at the latest. @spec OAuth for Browser-Based Apps §6.3
    expiresAt: new Date(offline ? absolute : Math.min(absolute, session.expiresAt.getTime())),
  };
  const secret = context.random.bytes(32).toString('base64url');
  const code: AuthorizationCode = {
    hash: context.hashing.tokenHash(secret),
    grantId,
    clientId: question.clientId,
    redirectUri: question.redirectUri,
    codeChallenge: question.codeChallenge,
    nonce: question.nonce,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.code_lifetime'] * 1000),
  };
  return { grant, code, secret };
}
