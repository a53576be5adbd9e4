import { isCodeVerifier } from '@authly/oauth';
import type { RequestOrigin } from '../../../model/audit-event.js';
import type { AuthorizationCode } from '../../../model/tokens/authorization-code.js';
import type { Client } from '../../../model/client.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { User } from '../../../model/people/user.js';
import type { Context } from '../../../ports/context.js';
import { recorded } from '../../error.js';
import { demandKey } from '../../proof/bind-tokens.js';
import { type Decision, issuedTo } from '../authorization.js';
import { targetOf } from '../../resource/find-target.js';
import { invalidGrant, useGrant } from './live-grant.js';
import type { TokenRequests } from '../token-request.js';
import type { DecideGrant } from './index.js';

/** Turns a code into tokens, once. Checks come before the code is used up, so a wrong request does not burn it. @spec OAuth 2.1 §4.1.3 */
// @check 132, 133, 134, 135, 137, 138, 139, 140, 141, 142, 143
export const authorizeByCode: DecideGrant<TokenRequests['authorization_code']> = async (
  request,
  { client, origin, binding },
  context,
): Promise<Decision> => {
  const hash = context.hashing.tokenHash(request.code);
  const found = await context.store.codes.find(hash);
  if (!found || found.code.clientId !== client.clientId)
    throw invalidGrant('The code is unknown, or belongs to another client.', 'code_unknown');
  const { code, grant, user } = found;
  checkRedirect(code, request.redirectUri);
  checkVerifier(code, request.codeVerifier, context);
  demandKey({ boundTo: code.boundTo, what: 'The code' }, binding);
  const target = await targetOf(grant, request.resources, { client }, context);
  if (code.redeemedAt !== undefined) throw await refuseReplay({ grant, client, user, origin }, context);
  const scopes = await useGrant({ grant, client, user }, context);
  return {
    client,
    login: { grant, user, generation: 1, nonce: code.nonce },
    scopes,
    target,
    event: issuedTo(user, client, 'authorization_code'),
    async commit(tokens, event) {
      switch (await context.store.codes.redeem({ hash, now: event.at, ...tokens, event })) {
        case 'redeemed':
          return tokens.response;
        case 'replayed':
          throw await refuseReplay({ grant, client, user, origin }, context);
        case 'expired':
          throw invalidGrant('The code has expired.', 'code_expired');
        case 'revoked':
          throw invalidGrant('The login was revoked.');
        case 'unknown':
          throw invalidGrant('The code is unknown, or belongs to another client.', 'code_unknown');
      }
    },
  };
};

/** Revokes every token of the code, and answers the refusal: a second use means that someone else has it. @spec OAuth 2.1 §4.1.3 */
async function refuseReplay(
  use: { readonly grant: Grant; readonly client: Client; readonly user: User; readonly origin: RequestOrigin },
  context: Pick<Context, 'store' | 'clock' | 'events'>,
): Promise<Error> {
  const { grant, client, user, origin } = use;
  await context.store.transaction(async (tx) => {
    const revoked = await tx.grants.revoke({ id: grant.id }, 'code_replayed', context.clock.now());
    // Whoever sends it once more has nothing left to lose, and no reason to be recorded again.
    if (revoked === 0) return;
    tx.record(
      {
        action: 'code.replayed',
        outcome: 'failure',
        actor: { type: 'user', id: user.id, name: user.username },
        clientId: client.clientId,
        target: { type: 'grant', id: grant.id },
      },
      origin,
    );
  });
  context.events.emit({
    type: 'security',
    event: 'code_replayed',
    severity: client.type === 'public' ? 'high' : 'medium',
  });
  return recorded(invalidGrant('The code was used before. Every token it produced is revoked.', 'code_used'));
}

/** @spec OAuth 2.1 §10.2: need not be sent, but when it is, it must be the same */
function checkRedirect(code: AuthorizationCode, redirectUri: string | undefined): void {
  if (redirectUri === undefined || redirectUri === code.redirectUri) return;
  throw invalidGrant(
    code.redirectUri === undefined
      ? 'The code was issued without a redirect_uri: leave it out.'
      : 'redirect_uri differs from the one of the authorization request.',
    'code_redirect_uri',
  );
}

function checkVerifier(code: AuthorizationCode, verifier: string | undefined, context: Pick<Context, 'hashing'>): void {
  if (code.codeChallenge === undefined) {
    // @spec RFC 9700 §4.8.2: otherwise an attacker could strip the challenge
    if (verifier !== undefined)
      throw invalidGrant(
        'code_verifier was sent, but the authorization request had no code_challenge.',
        'code_verifier',
      );
    return;
  }
  if (verifier === undefined) throw invalidGrant('code_verifier is missing.', 'code_verifier');
  if (!isCodeVerifier(verifier))
    throw invalidGrant('code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~');
  const challenge = context.hashing.sha256(verifier).toString('base64url');
  if (!context.hashing.equal(challenge, code.codeChallenge))
    throw invalidGrant('code_verifier does not match the code_challenge.', 'code_verifier');
}
