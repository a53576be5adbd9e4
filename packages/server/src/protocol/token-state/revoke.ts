import { type Parameters, SECRET_PREFIX } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { authenticateClient } from '../client/authenticate.js';
import { OAuthError } from '../error.js';
import { FIRST_PARTY_CLIENT_ID } from '../first-party.js';
import { type Presented, tokenInHeader } from '../presented.js';
import { findLiveToken } from './live-token.js';

export interface RevocationRequest extends Presented {
  readonly form: Parameters;
}

/**
 * Revokes a token of the calling client. A refresh token takes its whole family with it; an access token goes alone.
 * Unknown tokens and those of others are answered like success. @spec RFC 7009 §2
 */
// @check 225, 226, 227, 228, 229, 230
export async function revoke(request: RevocationRequest, context: Context): Promise<void> {
  const { form, origin } = request;
  // A token in the header is tolerated, and not looked at: old scripts send the token that they revoke there too.
  const authorization = tokenInHeader(request.authorization) === undefined ? request.authorization : undefined;
  const { client } = await authenticateClient(
    { authorization, form, origin, fallback: FIRST_PARTY_CLIENT_ID },
    context,
  );
  const token = form.values.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'The parameter token is missing.');
  const revoked = token.startsWith(SECRET_PREFIX.refreshToken)
    ? await revokeFamily(token, client, context)
    : await revokeAccessToken(token, client, context);
  if (!revoked) return;
  await context.audit.record(
    {
      action: 'token.revoked',
      outcome: 'success',
      actor: { type: 'client', id: client.clientId, name: client.name },
      clientId: client.clientId,
      target: revoked,
    },
    origin,
  );
}

type Revoked = { readonly type: string; readonly id: string };

async function revokeFamily(
  secret: string,
  client: Client,
  context: Pick<Context, 'store' | 'hashing' | 'clock'>,
): Promise<Revoked | undefined> {
  const found = await context.store.refreshTokens.find(context.hashing.tokenHash(secret));
  if (!found || found.grant.clientId !== client.clientId) return undefined;
  await context.store.grants.revoke({ id: found.grant.id }, 'revoked_by_client', context.clock.now());
  return { type: 'grant', id: found.grant.id };
}

async function revokeAccessToken(
  token: string,
  client: Client,
  context: Pick<Context, 'store' | 'hashing' | 'clock' | 'directory' | 'signer' | 'settings'>,
): Promise<Revoked | undefined> {
  const live = await findLiveToken(token, context);
  if (live?.kind !== 'access_token' || live.clientId !== client.clientId || live.expiresAt === undefined)
    return undefined;
  await context.store.accessTokens.revoke(live.jti, live.expiresAt, context.clock.now());
  return { type: 'access_token', id: live.jti };
}
