import { isNarrower } from '@authly/oauth';
import type { Grant } from '../../../model/tokens/grant.js';
import type { RefreshToken } from '../../../model/tokens/refresh-token.js';
import type { Context } from '../../../ports/context.js';
import { OAuthError } from '../../error.js';
import { demandKey } from '../../proof/bind-tokens.js';
import { targetOf } from '../../resource/find-target.js';
import { invalidGrant, useGrant } from './live-grant.js';
import type { TokenRequests } from '../token-request.js';
import type { DecideGrant } from './index.js';
import { answerRepeat, replayKey, sealReplay } from './refresh-replay.js';

/** Trades a refresh token for the next one, once; a repeat within the grace gets the same answer. @spec OAuth 2.1 §4.3 */
// @check 151, 152, 153, 157, 158, 161, 163
export const authorizeRefresh: DecideGrant<TokenRequests['refresh_token']> = async (
  request,
  { client, origin, binding },
  context,
) => {
  const hash = context.hashing.tokenHash(request.refreshToken);
  const found = await context.store.refreshTokens.find(hash);
  if (!found || found.grant.clientId !== client.clientId)
    throw invalidGrant('The refresh token is unknown, or belongs to another client.', 'refresh_token');
  const { token, grant, user } = found;
  demandKey({ boundTo: token.boundTo, what: 'The refresh token' }, binding);
  refuseExpired(token, context.clock.now(), context);
  // Before anything of the grant is used: what was taken from a resource must not read as the end of the login.
  const target = await targetOf(grant, request.resources, { client }, context);
  const live = await useGrant({ grant, client, user }, context).catch((error: unknown) => {
    context.events.emit({ type: 'refresh', result: 'revoked' });
    throw error;
  });
  const scopes = narrowScopes(grant, live, request.scopes);
  const key = replayKey({ clientId: client.clientId, scopes, audience: target.audience, binding });
  if (token.consumedAt !== undefined) return { repeated: await answerRepeat(found, key, origin, context) };
  if (!user) throw new Error('a refresh token belongs to a person');
  return {
    client,
    login: { grant, user, generation: token.generation + 1 },
    scopes,
    target,
    event: {
      action: 'token.refreshed',
      outcome: 'success',
      actor: { type: 'user', id: user.id, name: user.username },
      clientId: client.clientId,
      target: { type: 'grant', id: grant.id },
    },
    async commit({ accessToken, refreshToken: successor, response }, event) {
      if (!successor) throw new Error('a client that may refresh gets a refresh token');
      const replay = sealReplay(hash, key, response, context);
      const outcome = await context.store.refreshTokens.rotate({
        hash,
        now: event.at,
        successor,
        accessToken,
        replay,
        event,
      });
      if (outcome === 'rotated') {
        context.events.emit({ type: 'refresh', result: 'rotated' });
        return response;
      }
      if (outcome === 'consumed') {
        // Somebody else was faster; whether that was a twin of this request is decided by what is stored now.
        const again = await context.store.refreshTokens.find(hash);
        if (again) {
          await useGrant({ grant: again.grant, client, user: again.user }, context);
          return answerRepeat(again, key, origin, context);
        }
      }
      context.events.emit({ type: 'refresh', result: outcome === 'revoked' ? 'revoked' : 'expired' });
      throw invalidGrant(
        outcome === 'revoked' ? 'The login was revoked.' : 'The refresh token has expired.',
        'refresh_token',
      );
    },
  };
};

function refuseExpired(token: RefreshToken, now: Date, context: Pick<Context, 'events'>): void {
  if (token.expiresAt > now) return;
  context.events.emit({ type: 'refresh', result: 'expired' });
  throw invalidGrant('The refresh token has expired.', 'refresh_token');
}

/** The scopes of the new access token: what still holds of the grant, or less, when the client asks for less. */
function narrowScopes(grant: Grant, live: readonly string[], asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return live;
  if (!isNarrower(asked, grant.scopes))
    throw new OAuthError('invalid_scope', 'A refresh can only ask for scopes that were granted.');
  return live.filter((scope) => asked.includes(scope));
}
