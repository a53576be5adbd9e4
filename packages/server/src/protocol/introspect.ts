import { formatScope, type IntrospectionResponse, type Parameters } from '@authly/oauth';
import type { RequestOrigin } from '../model/audit-event.js';
import type { Context } from '../ports/context.js';
import { authenticatePresented } from './client/authenticate.js';
import type { AuthenticatedClient } from './client/authenticated-client.js';
import { presentedClient } from './client/presented.js';
import { OAuthError } from './error.js';
import { readHandSigned } from './hand-signed-token.js';
import { findLiveToken, type LiveToken } from './live-token.js';
import { subjectFor } from './subject.js';

export const INTROSPECTION_PARAMETERS: ReadonlySet<string> = new Set([
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]);

export interface IntrospectionRequest {
  readonly form: Parameters;
  readonly authorization: string | undefined;
  readonly origin: RequestOrigin;
}

const INACTIVE: IntrospectionResponse = { active: false };

/** Says what a token is worth at this moment. Everything that is not alive gets the same answer. @spec RFC 7662 §2 */
// @check 215, 216, 217, 218, 219, 221, 222, 223
export async function introspect(request: IntrospectionRequest, context: Context): Promise<IntrospectionResponse> {
  const { form } = request;
  if (form.repeated.length > 0)
    throw new OAuthError('invalid_request', `The parameter ${form.repeated[0]} was sent more than once.`);
  const caller = await callerOf(request, context);
  const token = form.values.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'The parameter token is missing.');
  if (token.startsWith('authly_rt_')) return caller ? refreshToken(token, caller, context) : INACTIVE;
  const live = await findLiveToken(token, context, request.origin);
  if (live) return mayKnow(live, caller) ? describe(live, context) : INACTIVE;
  return context.settings['tokens.accept_hs256'] ? readHandSigned(token, context) : INACTIVE;
}

type Caller =
  | { readonly kind: 'client'; readonly client: AuthenticatedClient }
  | { readonly kind: 'token'; readonly token: LiveToken };

/** A client with its credentials, or a bearer of a token of its own. `undefined` where anybody may ask. @spec RFC 7662 §2.1 */
async function callerOf(
  { authorization, form, origin }: IntrospectionRequest,
  context: Context,
): Promise<Caller | undefined> {
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const token = await findLiveToken(bearer, context, origin);
    if (!token)
      throw new OAuthError('invalid_token', 'The token in the Authorization header is not valid.', {
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      });
    return { kind: 'token', token };
  }
  const presented = presentedClient(authorization, form);
  const anonymous = presented.kind === 'nothing';
  if (anonymous && context.settings['introspection.auth'] === 'none') return undefined;
  if (anonymous) {
    throw new OAuthError('invalid_client', 'The caller must authenticate as a client or with a token of its own.', {
      headers: { 'WWW-Authenticate': 'Basic realm="authly", charset="UTF-8"' },
    });
  }
  return { kind: 'client', client: await authenticatePresented(presented, { origin }, context) };
}

/** A public client can't prove itself, so it learns about its own tokens only. @spec RFC 7662 §2.2 */
function mayKnow(live: LiveToken, caller: Caller | undefined): boolean {
  if (!caller) return true;
  if (caller.kind === 'token')
    return (
      caller.token.user?.isAdmin === true ||
      caller.token.user === undefined ||
      caller.token.jti === live.jti ||
      caller.token.user.id === live.user?.id
    );
  return caller.client.method !== 'none' || live.clientId === caller.client.client.clientId;
}

function describe(live: LiveToken, context: Context): IntrospectionResponse {
  const aud = live.claims?.aud ?? context.settings['tokens.default_audience'] ?? context.settings.issuer;
  return {
    active: true,
    scope: formatScope(live.scopes),
    client_id: live.clientId,
    username: live.user?.username,
    token_type: 'Bearer',
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
  const dead =
    token.consumedAt !== undefined || token.expiresAt <= now || grant.revokedAt !== undefined || grant.expiresAt <= now;
  if (dead || (grant.userId !== undefined && !user?.isActive)) return INACTIVE;
  return withoutUndefined({
    active: true,
    scope: formatScope(grant.scopes),
    client_id: grant.clientId,
    username: user?.username,
    token_type: 'refresh_token',
    exp: seconds(token.expiresAt),
    iat: seconds(token.createdAt),
    sub: grant.userId === undefined ? grant.clientId : subjectFor(grant.userId, client, context),
    iss: context.settings.issuer,
    sid: grant.sessionId,
  });
}

function seconds(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time.getTime() / 1000);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
