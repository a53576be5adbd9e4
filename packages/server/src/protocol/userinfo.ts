import type { Context } from '../ports/context.js';
import { authenticateBearer, type BearerRequest, requireScope } from './bearer.js';
import { claimNames, personClaims } from './claims.js';
import { OAuthError } from './error.js';
import { subjectFor } from './subject.js';

export type UserInfo =
  | { readonly kind: 'json'; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly kind: 'jwt'; readonly jwt: string };

/** What the bearer may know about the person. @spec OpenID Connect Core §5.3 */
// @check 206, 208, 209
export async function userinfo(request: BearerRequest, context: Context): Promise<UserInfo> {
  const live = await authenticateBearer(request, context);
  requireScope(live, 'openid');
  if (!live.user)
    throw new OAuthError('insufficient_scope', 'No person stands behind this token.', {
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="openid"' },
    });
  const client = live.clientId === undefined ? undefined : await context.directory.client(live.clientId);
  const claims = {
    sub: client ? subjectFor(live.user.id, client, context) : live.user.id,
    ...personClaims(live.user, claimNames(live.scopes, live.grant?.claims?.userinfo)),
  };
  if (!client?.userinfoAlg) return { kind: 'json', claims };
  const signed = {
    algorithm: client.userinfoAlg,
    type: 'JWT',
    claims: { ...claims, iss: context.settings.issuer, aud: client.clientId },
  };
  return { kind: 'jwt', jwt: await context.signer.sign(signed) };
}
