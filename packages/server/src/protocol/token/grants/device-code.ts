import { OAuthError } from '../../error.js';
import { issuedTo } from '../authorization.js';
import { targetOf } from '../../resource/find-target.js';
import { invalidGrant, useGrant } from './live-grant.js';
import type { TokenRequests } from '../token-request.js';
import type { DecideGrant } from './index.js';

/** A device asks whether its person has confirmed yet. A settled code is answered at once, however often it is asked. @spec RFC 8628 §3.4 */
// @check 166, 167, 173
export const authorizeDevice: DecideGrant<TokenRequests['urn:ietf:params:oauth:grant-type:device_code']> = async (
  { deviceCode, resources },
  { client },
  context,
) => {
  const hash = context.hashing.tokenHash(deviceCode);
  const now = context.clock.now();
  const polled = await context.store.deviceCodes.poll(hash, now);
  if (!polled || polled.found.device.clientId !== client.clientId)
    throw invalidGrant('The device code is unknown, or belongs to another client.');
  const { device, grant, user } = polled.found;
  if (device.status === 'denied') throw new OAuthError('access_denied', 'The request was denied.');
  if (device.status === 'redeemed') throw invalidGrant('The device code was used before.');
  if (device.expiresAt <= now) throw new OAuthError('expired_token', 'The device code has expired. Start again.');
  if (device.status === 'pending') throw pending(polled.tooEarly);
  if (!grant || !user) throw invalidGrant('The login was revoked.');
  const target = await targetOf(grant, resources, { client }, context);
  return {
    client,
    login: { grant, user, generation: 1 },
    scopes: await useGrant({ grant, client, user }, context),
    target,
    event: issuedTo(user, client, 'device_code'),
    async commit(tokens, event) {
      const won = await context.store.deviceCodes.redeem({ hash, now: event.at, ...tokens, event });
      if (!won) throw invalidGrant('The device code was used before.');
      return tokens.response;
    },
  };
};

function pending(tooEarly: boolean): OAuthError {
  return tooEarly
    ? new OAuthError('slow_down', 'Polling too fast: wait 5 seconds longer between requests from now on.')
    : new OAuthError('authorization_pending', 'The person has not confirmed yet.');
}
