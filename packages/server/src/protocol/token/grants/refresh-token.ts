import { isNarrower, type TokenResponse } from '@authly/oauth';
import type { Grant } from '../../../model/grant.js';
import type { Context } from '../../../ports/context.js';
import type { FoundRefreshToken } from '../../../ports/store/refresh-tokens.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import { isEntitled } from '../../entitlement.js';
import { OAuthError } from '../../error.js';
import { checkResources } from '../audience.js';
import { issueTokens } from '../issue.js';
import { scopeParameter } from '../scope-parameter.js';
import { required, type TokenRequest } from '../token-request.js';
import { answerRepeat, replayKey, sealReplay } from './refresh-replay.js';

/** Trades a refresh token for the next one, once; a repeat within the grace gets the same answer. @spec OAuth 2.1 §4.3 */
// @check 151, 152, 153, 157, 158, 161, 163
export async function refreshTokenGrant(
  { form, origin }: TokenRequest,
  { client }: AuthenticatedClient,
  context: Context,
): Promise<TokenResponse> {
  const hash = context.hashing.tokenHash(required(form, 'refresh_token'));
  const found = await context.store.refreshTokens.find(hash);
  if (!found || found.grant.clientId !== client.clientId)
    throw invalid('The refresh token is unknown, or belongs to another client.');
  const { token, grant, user } = found;
  const now = context.clock.now();
  refuseDead(found, now, context);
  const scopes = await grantedScopes(grant, found, scopeParameter(form), context);
  const resources = narrowed(grant, checkResources(form.lists.get('resource')));
  const key = replayKey(client.clientId, scopes, resources);
  if (token.consumedAt !== undefined) return answerRepeat(found, key, origin, context);
  if (!user) throw invalid('The login has no person any more.');

  const tokens = await issueTokens(
    { client, grant, user, scopes, resources, generation: token.generation + 1 },
    context,
  );
  if (!tokens.refreshToken)
    throw new OAuthError('unauthorized_client', 'This client is not registered for refresh tokens.');
  const replay = sealReplay(hash, key, tokens.response, context);
  const outcome = await context.store.refreshTokens.rotate({
    hash,
    now,
    successor: tokens.refreshToken,
    accessToken: tokens.accessToken,
    replay,
  });
  if (outcome === 'rotated') {
    context.events.emit({ type: 'refresh', result: 'rotated' });
    await context.audit.record(
      {
        action: 'token.refreshed',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        clientId: client.clientId,
        target: { type: 'grant', id: grant.id },
      },
      origin,
    );
    return tokens.response;
  }
  if (outcome === 'consumed') {
    // Somebody else was faster; whether that was a twin of this request is decided by what is stored now.
    const again = await context.store.refreshTokens.find(hash);
    if (again) {
      refuseDead(again, now, context);
      return answerRepeat(again, key, origin, context);
    }
  }
  context.events.emit({ type: 'refresh', result: outcome === 'revoked' ? 'revoked' : 'expired' });
  throw invalid(outcome === 'revoked' ? 'The login was revoked.' : 'The refresh token has expired.');
}

function refuseDead({ token, grant, user }: FoundRefreshToken, now: Date, context: Pick<Context, 'events'>): void {
  if (grant.revokedAt !== undefined) {
    context.events.emit({ type: 'refresh', result: 'revoked' });
    throw invalid('The login was revoked.');
  }
  if (token.expiresAt <= now || grant.expiresAt <= now) {
    context.events.emit({ type: 'refresh', result: 'expired' });
    throw invalid('The refresh token has expired.');
  }
  if (user && !user.isActive) throw invalid('The account is deactivated.');
}

/**
 * The scopes of the new access token: what was granted, without what has been switched off or is no longer the person's to
 * hold since; or fewer, when the client asks for fewer.
 */
async function grantedScopes(
  grant: Grant,
  { user }: FoundRefreshToken,
  asked: readonly string[] | undefined,
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  if (asked && !isNarrower(asked, grant.scopes))
    throw new OAuthError('invalid_scope', 'A refresh can only ask for scopes that were granted.');
  const known = await context.directory.scopes();
  const alive = grant.scopes.filter((scope) => known.get(scope)?.isActive && (!user || isEntitled(scope, user)));
  return asked ? alive.filter((scope) => asked.includes(scope)) : alive;
}

function narrowed(grant: Grant, wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return grant.resources;
  if (wanted.every((resource) => grant.resources.includes(resource))) return wanted;
  throw new OAuthError('invalid_target', 'resource was not part of what was granted.');
}

function invalid(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}
