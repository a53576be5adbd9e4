import { formatScope, type IntrospectionResponse, type Parameters, SECRET_PREFIX } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { authenticateCredentials } from '../client/authenticate.js';
import type { AuthenticatedClient } from '../client/authenticated-client.js';
import { challengeFor, provedToken } from '../bearer.js';
import { basicChallenge } from '../client/basic-challenge.js';
import { readCredentials } from '../client/read-credentials.js';
import { OAuthError } from '../error.js';
import { type Presented, tokenInHeader } from '../presented.js';
import { boundToKey } from '../proof/binding.js';
import { readHandSigned } from './hand-signed-token.js';
import { findLiveToken, type LiveToken } from './live-token.js';
import { stateOfGrant } from '../token/grants/live-grant.js';
import { subjectFor } from '../subject.js';

export interface IntrospectionRequest extends Presented {
  readonly form: Parameters;
}

const INACTIVE: IntrospectionResponse = { active: false };

/** Says what a token is worth at this moment. Everything that is not alive gets the same answer. @spec RFC 7662 §2 */
// @check 215, 216, 217, 218, 219, 221, 222, 223
export async function introspect(request: IntrospectionRequest, context: Context): Promise<IntrospectionResponse> {
  const { form } = request;
  const caller = await callerOf(request, context);
  const token = form.values.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'The parameter token is missing.');
  if (token.startsWith(SECRET_PREFIX.refreshToken)) return caller ? refreshToken(token, caller, context) : INACTIVE;
  const live = await findLiveToken(token, context, request.origin);
  if (live) return mayKnow(live, caller) && !live.awaitsPasswordChange ? describe(live, context) : INACTIVE;
  return context.settings['tokens.accept_hs256'] ? readHandSigned(token, context) : INACTIVE;
}

type Caller =
  | { readonly kind: 'client'; readonly client: AuthenticatedClient }
  | { readonly kind: 'token'; readonly token: LiveToken };

/** A client with its credentials, or a bearer of a token of its own. `undefined` where anybody may ask. @spec RFC 7662 §2.1 */
async function callerOf(request: IntrospectionRequest, context: Context): Promise<Caller | undefined> {
  const { authorization, form, origin } = request;
  if (tokenInHeader(authorization) !== undefined) {
    const token = await provedToken(request, context);
    if (token.awaitsPasswordChange)
      throw new OAuthError('invalid_token', 'The password must be changed first.', {
        headers: { 'WWW-Authenticate': challengeFor(token, { error: 'invalid_token' }) },
      });
    return { kind: 'token', token };
  }
  const presented = readCredentials(authorization, form);
  const anonymous = presented.kind === 'nothing';
  if (anonymous && context.settings['introspection.auth'] === 'none') return undefined;
  if (anonymous) {
    const description = 'The caller must authenticate as a client or with a token of its own.';
    throw new OAuthError('invalid_client', description, { headers: basicChallenge(description) });
  }
  return { kind: 'client', client: await authenticateCredentials(presented, { origin }, context) };
}

/** A public client can't prove itself, so it learns about its own tokens only. @spec RFC 7662 §2.2 */
function mayKnow(live: LiveToken, caller: Caller | undefined): boolean {
  if (!caller) return true;
  if (caller.kind === 'token') return bearerMayKnow(live, caller.token);
  return caller.client.method !== 'none' || live.clientId === caller.client.client.clientId;
}

/**
 * A machine asks for what it protects. A person's token asks about itself and what the same application was issued for that person; of
 * our own clients it asks about all the person's tokens, and with an administrator behind it, or the scope for that, about everybody's.
 */
function bearerMayKnow(live: LiveToken, { user, jti, isFirstParty, clientId, scopes }: LiveToken): boolean {
  if (user === undefined || jti === live.jti) return true;
  if (user.isAdmin && (isFirstParty || scopes.includes('admin:system:read'))) return true;
  return user.id === live.user?.id && (isFirstParty || (clientId !== undefined && clientId === live.clientId));
}

function describe(live: LiveToken, context: Context): IntrospectionResponse {
  const aud = live.claims?.aud ?? context.settings['tokens.default_audience'] ?? context.settings.issuer;
  return {
    active: true,
    scope: formatScope(live.scopes),
    client_id: live.clientId,
    username: live.user?.username,
    token_type: live.boundTo === undefined ? 'Bearer' : 'DPoP',
    exp: seconds(live.expiresAt),
    iat: seconds(live.issuedAt),
    sub: (live.claims?.sub as string | undefined) ?? live.user?.id ?? live.clientId,
    aud: aud as string | readonly string[],
    iss: context.settings.issuer,
    jti: live.jti,
    auth_time: seconds(live.grant?.authTime),
    acr: live.grant?.acr,
    amr: live.grant?.amr.length === 0 ? undefined : live.grant?.amr,
    sid: live.grant?.sessionId,
    cnf: boundToKey(live.boundTo).confirmation,
  };
}

/** Refresh tokens are only spoken of to the client that holds them. @spec RFC 7662 §2.2 */
async function refreshToken(secret: string, caller: Caller, context: Context): Promise<IntrospectionResponse> {
  if (caller.kind !== 'client') return INACTIVE;
  const { client } = caller.client;
  const found = await context.store.refreshTokens.find(context.hashing.tokenHash(secret));
  const now = context.clock.now();
  if (!found || found.grant.clientId !== client.clientId) return INACTIVE;
  const { token, grant, user } = found;
  if (token.consumedAt !== undefined || token.expiresAt <= now) return INACTIVE;
  const state = await stateOfGrant({ grant, client, user }, context);
  if (state.kind !== 'alive' || !client.grantTypes.includes('refresh_token')) return INACTIVE;
  return withoutUndefined({
    active: true,
    scope: formatScope(state.scopes),
    client_id: grant.clientId,
    username: user?.username,
    token_type: 'refresh_token',
    exp: seconds(token.expiresAt),
    iat: seconds(token.createdAt),
    sub: grant.userId === undefined ? grant.clientId : subjectFor(grant.userId, client, context),
    iss: context.settings.issuer,
    sid: grant.sessionId,
    cnf: boundToKey(token.boundTo).confirmation,
  });
}

function seconds(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time.getTime() / 1000);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
