import type { Context } from '../../ports/context.js';
import { requireScope, scopeChallenge } from '../bearer.js';
import { claimNames, personClaims } from './claims.js';
import { OAuthError } from '../error.js';
import type { LiveToken } from '../token-state/live-token.js';
import { subjectFor } from '../subject.js';

export type UserInfo =
  | { readonly kind: 'json'; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly kind: 'jwt'; readonly jwt: string };

/** What the holder of a token may know about the person. @spec OpenID Connect Core §5.3 */
// @check 206, 208, 209
export async function userinfo(
  live: LiveToken,
  context: Pick<Context, 'directory' | 'settings' | 'signer' | 'hashing'>,
): Promise<UserInfo> {
  requireScope(live, 'openid');
  if (!live.user)
    throw new OAuthError('insufficient_scope', 'No person stands behind this token.', {
      headers: scopeChallenge(live, 'openid'),
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
