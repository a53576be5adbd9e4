import type { Client } from '../../../model/client.js';
import { IDENTITY_SCOPES } from '../../client/identity-scopes.js';
import { OAuthError } from '../../error.js';
import { checkWish } from '../../resource/check-wish.js';
import { targetOf } from '../../resource/find-target.js';
import type { TokenRequests } from '../token-request.js';
import type { DecideGrant } from './index.js';

/** A machine logs in as itself: no person, no refresh token, no ID token. @spec OAuth 2.1 §4.2 */
// @check 149, 150
export const authorizeClient: DecideGrant<TokenRequests['client_credentials']> = async (
  request,
  { client, method, origin },
  context,
) => {
  if (client.type !== 'confidential' || method === 'none') {
    throw new OAuthError(
      'unauthorized_client',
      'client_credentials is for confidential clients, which have a secret or a key.',
    );
  }
  const { scopes: asked, resources } = request;
  const allowed = await checkWish({ scopes: asked, resources, otherwise: withoutPerson(client) }, client, context);
  const scopes = allowed.scopes.filter((scope) => !IDENTITY_SCOPES.has(scope));
  return {
    client,
    scopes,
    target: await targetOf({ ...allowed, scopes }, [], { client }, context),
    event: {
      action: 'token.issued',
      outcome: 'success',
      actor: { type: 'client', id: client.clientId, name: client.name },
      clientId: client.clientId,
      details: { grant_type: 'client_credentials' },
    },
    async commit({ accessToken, response }, event) {
      await context.store.accessTokens.record(accessToken, event, origin);
      return response;
    },
  };
};

function withoutPerson(client: Client): readonly string[] | undefined {
  const scopes = client.scopes.filter((scope) => !IDENTITY_SCOPES.has(scope));
  return scopes.length > 0 ? scopes : undefined;
}
