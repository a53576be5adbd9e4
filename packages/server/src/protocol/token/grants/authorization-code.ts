import { isCodeVerifier, type TokenResponse } from '@authly/oauth';
import type { AuthorizationCode } from '../../../model/authorization-code.js';
import type { Client } from '../../../model/client.js';
import type { Grant } from '../../../model/grant.js';
import type { Context } from '../../../ports/context.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import { OAuthError } from '../../error.js';
import { checkResources } from '../audience.js';
import { issueTokens } from '../issue.js';
import { required, type TokenRequest } from '../token-request.js';

/** Turns a code into tokens, once. Checks come before the code is used up, so a wrong request does not burn it. @spec OAuth 2.1 §4.1.3 */
// @check 132, 133, 134, 135, 137, 138, 139, 140, 141, 142, 143
export async function authorizationCodeGrant(
  { form, origin }: TokenRequest,
  { client }: AuthenticatedClient,
  context: Context,
): Promise<TokenResponse> {
  const secret = required(form, 'code');
  const hash = context.hashing.tokenHash(secret);
  const found = await context.store.codes.find(hash);
  if (!found || found.code.clientId !== client.clientId)
    throw invalid('The code is unknown, or belongs to another client.');
  const { code, grant, user } = found;
  checkRedirect(code, form.values.get('redirect_uri'));
  checkVerifier(code, form.values.get('code_verifier'), context);
  const resources = narrowResources(grant, checkResources(form.lists.get('resource')));
  if (!user.isActive) throw invalid('The account is deactivated.');

  const tokens = await issueTokens(
    { client, grant, user, scopes: grant.scopes, resources, generation: 1, nonce: code.nonce },
    context,
  );
  const outcome = await context.store.codes.redeem({ hash, now: context.clock.now(), ...tokens });
  const actor = { type: 'user', id: user.id, name: user.username } as const;
  switch (outcome) {
    case 'redeemed':
      await context.audit.record(
        {
          action: 'token.issued',
          outcome: 'success',
          actor,
          clientId: client.clientId,
          details: { grant_type: 'authorization_code' },
        },
        origin,
      );
      return tokens.response;
    case 'replayed':
      await revokeAfterReplay(grant, client, context);
      await context.audit.record(
        {
          action: 'code.replayed',
          outcome: 'failure',
          actor,
          clientId: client.clientId,
          target: { type: 'grant', id: grant.id },
        },
        origin,
      );
      throw invalid('The code was used before. Every token it produced is revoked.');
    case 'expired':
      throw invalid('The code has expired.');
    case 'revoked':
      throw invalid('The login was revoked.');
    case 'unknown':
      throw invalid('The code is unknown, or belongs to another client.');
  }
}

/** @spec OAuth 2.1 §4.1.3: a second use means that someone else has the code */
async function revokeAfterReplay(
  grant: Grant,
  client: Client,
  context: Pick<Context, 'store' | 'clock' | 'events'>,
): Promise<void> {
  await context.store.grants.revoke({ id: grant.id }, 'code_replayed', context.clock.now());
  context.events.emit({
    type: 'security',
    event: 'code_replayed',
    severity: client.type === 'public' ? 'high' : 'medium',
  });
}

/** @spec OAuth 2.1 §10.2: need not be sent, but when it is, it must be the same */
function checkRedirect(code: AuthorizationCode, redirectUri: string | undefined): void {
  if (redirectUri === undefined || redirectUri === code.redirectUri) return;
  throw invalid(
    code.redirectUri === undefined
      ? 'The code was issued without a redirect_uri: leave it out.'
      : 'redirect_uri differs from the one of the authorization request.',
  );
}

function checkVerifier(code: AuthorizationCode, verifier: string | undefined, context: Pick<Context, 'hashing'>): void {
  if (code.codeChallenge === undefined) {
    // @spec RFC 9700 §4.8.2: otherwise an attacker could strip the challenge
    if (verifier !== undefined)
      throw invalid('code_verifier was sent, but the authorization request had no code_challenge.');
    return;
  }
  if (verifier === undefined) throw invalid('code_verifier is missing.');
  if (!isCodeVerifier(verifier)) throw invalid('code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~');
  const challenge = context.hashing.sha256(verifier).toString('base64url');
  if (!context.hashing.equal(challenge, code.codeChallenge))
    throw invalid('code_verifier does not match the code_challenge.');
}

function narrowResources(grant: Grant, wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return grant.resources;
  if (wanted.every((resource) => grant.resources.includes(resource))) return wanted;
  throw new OAuthError('invalid_target', 'resource was not part of the authorization request.');
}

function invalid(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}
