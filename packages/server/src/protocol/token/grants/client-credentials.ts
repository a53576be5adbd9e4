import { formatScope, type TokenResponse } from '@authly/oauth';
import type { Client } from '../../../model/client.js';
import type { Context } from '../../../ports/context.js';
import { checkScopes, IDENTITY_SCOPES } from '../../client/allowed-scopes.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import { OAuthError } from '../../error.js';
import { mintAccessToken } from '../access-token.js';
import { checkResources } from '../audience.js';
import { scopeParameter } from '../scope-parameter.js';
import type { TokenRequest } from '../token-request.js';

/** A machine logs in as itself: no person, no refresh token, no ID token. @spec OAuth 2.1 §4.2 */
// @check 149, 150
export async function clientCredentialsGrant(
  { form, origin }: TokenRequest,
  { client, method }: AuthenticatedClient,
  context: Pick<Context, 'directory' | 'clock' | 'random' | 'signer' | 'hashing' | 'settings' | 'store'>,
): Promise<TokenResponse> {
  if (client.type !== 'confidential' || method === 'none') {
    throw new OAuthError(
      'unauthorized_client',
      'client_credentials is for confidential clients, which have a secret or a key.',
    );
  }
  const asked = scopeParameter(form) ?? withoutPerson(client);
  const scopes = (await checkScopes(asked, client, context)).filter((scope) => !IDENTITY_SCOPES.has(scope));
  const access = await mintAccessToken(
    { client, scopes, resources: checkResources(form.lists.get('resource')) },
    context,
  );
  const event = {
    action: 'token.issued',
    outcome: 'success',
    actor: { type: 'client', id: client.clientId, name: client.name },
    clientId: client.clientId,
    details: { grant_type: 'client_credentials' },
  } as const;
  await context.store.accessTokens.record(access.record, event, origin);
  return { access_token: access.jwt, token_type: 'Bearer', expires_in: access.expiresIn, scope: formatScope(scopes) };
}

function withoutPerson(client: Client): readonly string[] {
  return client.scopes.filter((scope) => !IDENTITY_SCOPES.has(scope));
}
