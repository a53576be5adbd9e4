import { PRESETS, type PresetName, presetValues, type Reply } from '@authly/admin-api';
import {
  CLIENT_METADATA_FIELDS,
  type ClientMetadataField,
  formatScope,
  OIDC_CLIENT_FIELDS,
  writeClientMetadata,
} from '@authly/oauth';
import { authMethodsOf, type Client } from '../../../model/client.js';
import { IDENTITY_SCOPES } from '../../../protocol/client/identity-scopes.js';
import { iso, isoOrNull } from './time.js';

/** A client as every answer shows it: its metadata, and of its secrets nothing but when an old one ends. */
export function clientReply(client: Client, now: Date): Reply<'getClient'> {
  return {
    id: client.id,
    client_id: client.clientId,
    client_type: client.type,
    is_active: client.isActive,
    origin: client.origin,
    last_used_at: isoOrNull(client.lastUsedAt),
    is_system: client.isSystem,
    ...metadataReply(client, CLIENT_METADATA_FIELDS),
    require_pkce: client.pkce === 'required',
    // What a client says that was told nothing. @spec RFC 7591 §2
    token_endpoint_auth_method: client.authMethod ?? 'client_secret_basic',
    token_endpoint_auth_methods: [...authMethodsOf(client)],
    scope: client.scopes.length === 0 ? null : formatScope(client.scopes),
    assigned_scopes: [...client.scopes],
    previous_secret_expires_at: isoOrNull(previousSecretEnd(client, now)),
    created_at: iso(client.createdAt),
    updated_at: iso(client.updatedAt),
  };
}

/** What the software of a preset must be told, with the values of a client that has just been made. */
export function presetReply(
  name: PresetName,
  made: { readonly client: Client; readonly secret: string | undefined; readonly issuer: string },
): NonNullable<Reply<'createClient'>['preset']> {
  const { title, files, notes } = PRESETS[name];
  const { clientId, redirectUris, scopes } = made.client;
  const values = presetValues({ issuer: made.issuer, clientId, clientSecret: made.secret, redirectUris, scopes });
  return { name, title, files: [...files(values)], notes: [...(notes ?? [])] };
}

/** The OpenID Connect settings of a client as they are stored. */
export function clientOidcReply(client: Client): Reply<'getClientOidc'> {
  return {
    ...metadataReply(client, OIDC_CLIENT_FIELDS),
    client_id: client.clientId,
    client_name: client.name,
    is_oidc_client: client.scopes.includes('openid'),
    oidc_scopes: client.scopes.filter((scope) => IDENTITY_SCOPES.has(scope)),
  };
}

function metadataReply<Field extends ClientMetadataField>(
  client: Client,
  fields: readonly Field[],
): Pick<Reply<'getClient'>, Field> {
  const metadata = writeClientMetadata(client);
  return Object.fromEntries(fields.map((field) => [field, metadata[field] ?? null])) as Pick<Reply<'getClient'>, Field>;
}

function previousSecretEnd(client: Client, now: Date): Date | undefined {
  const ends = client.secrets.flatMap(({ expiresAt }) =>
    expiresAt !== undefined && expiresAt > now ? [expiresAt] : [],
  );
  return ends.toSorted((left, right) => right.getTime() - left.getTime())[0];
}
