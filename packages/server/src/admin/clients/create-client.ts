import type { Received } from '@authly/admin-api';
import type { ClientId } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import type { NewClient } from '../../ports/store/registrations.js';
import { type Actor, recordChange } from '../actor.js';
import { checkClient, checkScopesExist } from './client-check.js';
import { findClient } from './find-client.js';
import { hasSecret, newClientSecret } from './secret.js';

/** Registers a client. The secret is in the result and nowhere else. */
export async function createClient(
  body: Received<'createClient'>['body'],
  actor: Actor,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>,
): Promise<{ readonly client: Client; readonly secret?: string }> {
  const wanted = newClient(body, context);
  checkClient(wanted);
  await checkScopesExist(body.scopes, context);
  const secret = hasSecret(wanted) ? newClientSecret(context) : undefined;
  const secrets =
    secret === undefined
      ? []
      : [{ id: context.random.uuid(), hash: context.hashing.tokenHash(secret), createdAt: wanted.createdAt }];
  return await context.store.transaction(async (tx) => {
    const added = await tx.clients.add({ ...wanted, secrets });
    if (!added) throw new Error('two client ids of 128 random bits are the same');
    recordChange(
      actor,
      {
        action: 'client.created',
        target: { type: 'client', id: wanted.clientId },
        details: { client_name: wanted.name, client_type: wanted.type, scopes: wanted.scopes },
      },
      tx,
    );
    return { client: await findClient(wanted.clientId, { store: tx }), secret };
  });
}

/** Field by field: what a caller sends besides these goes nowhere. */
function newClient(
  body: Received<'createClient'>['body'],
  context: Pick<Context, 'clock' | 'random'>,
): Omit<NewClient, 'secrets'> {
  return {
    id: context.random.uuid(),
    clientId: `client_${context.random.bytes(16).toString('base64url')}` as ClientId,
    name: body.client_name,
    type: body.client_type,
    isActive: true,
    isSystem: false,
    isFirstParty: false,
    redirectUris: body.redirect_uris,
    postLogoutRedirectUris: body.post_logout_redirect_uris,
    grantTypes: body.grant_types,
    responseTypes: body.response_types,
    scopes: body.scopes,
    requirePkce: body.require_pkce,
    authMethod: body.token_endpoint_auth_method,
    jwks: body.jwks,
    jwksUri: body.jwks_uri,
    clientUri: body.client_uri,
    logoUri: body.logo_uri,
    tosUri: body.tos_uri,
    policyUri: body.policy_uri,
    softwareId: body.software_id,
    softwareVersion: body.software_version,
    contacts: body.contacts,
    idTokenAlg: body.id_token_signed_response_alg,
    userinfoAlg: body.userinfo_signed_response_alg,
    subjectType: body.subject_type,
    sectorIdentifierUri: body.sector_identifier_uri,
    requireAuthTime: body.require_auth_time,
    defaultMaxAge: body.default_max_age,
    initiateLoginUri: body.initiate_login_uri,
    requestUris: body.request_uris,
    applicationType: body.application_type,
    accessTokenLifetime: body.access_token_lifetime,
    refreshTokenLifetime: body.refresh_token_lifetime,
    createdAt: context.clock.now(),
  };
}
