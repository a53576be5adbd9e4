import type { TokenResponse } from '@authly/oauth';
import type { Context } from '../../../ports/context.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import { OAuthError } from '../../error.js';
import { issueTokens } from '../issue.js';
import { required, type TokenRequest } from '../token-request.js';

/** A device asks whether its person has confirmed yet. A settled code is answered at once, however often it is asked. @spec RFC 8628 §3.4 */
// @check 166, 167, 173
export async function deviceCodeGrant(
  { form, origin }: TokenRequest,
  { client }: AuthenticatedClient,
  context: Context,
): Promise<TokenResponse> {
  const hash = context.hashing.tokenHash(required(form, 'device_code'));
  const now = context.clock.now();
  const polled = await context.store.deviceCodes.poll(hash, now);
  if (!polled || polled.found.device.clientId !== client.clientId)
    throw invalid('The device code is unknown, or belongs to another client.');
  const { device, grant, user } = polled.found;
  if (device.status === 'denied') throw new OAuthError('access_denied', 'The request was denied.');
  if (device.status === 'redeemed') throw invalid('The device code was used before.');
  if (device.expiresAt <= now) throw new OAuthError('expired_token', 'The device code has expired. Start again.');
  if (device.status === 'pending') throw pending(polled.tooEarly);
  if (!grant || !user || grant.revokedAt !== undefined || !user.isActive) throw invalid('The login was revoked.');

  const tokens = await issueTokens(
    { client, grant, user, scopes: grant.scopes, resources: grant.resources, generation: 1 },
    context,
  );
  const won = await context.store.deviceCodes.redeem({ hash, now, ...tokens });
  if (!won) throw invalid('The device code was used before.');
  await context.audit.record(
    {
      action: 'token.issued',
      outcome: 'success',
      actor: { type: 'user', id: user.id, name: user.username },
      clientId: client.clientId,
      details: { grant_type: 'device_code' },
    },
    origin,
  );
  return tokens.response;
}

function pending(tooEarly: boolean): OAuthError {
  return tooEarly
    ? new OAuthError('slow_down', 'Polling too fast: wait 5 seconds longer between requests from now on.')
    : new OAuthError('authorization_pending', 'The person has not confirmed yet.');
}

function invalid(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}
