import {
  CLIENT_METADATA,
  CLIENT_METADATA_FIELDS,
  formatScope,
  type MetadataField,
  writeClientMetadata,
} from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { mayAsk } from '../client/allowed-scopes.js';
import { endpointAddress } from '../endpoints/table.js';

/** Everything that holds of a registered client. @spec RFC 7591 §3.2.1, RFC 7592 §3 */
// @check 231
export async function registrationAnswer(
  client: Client,
  secrets: { readonly secret?: string; readonly registrationToken?: string },
  context: Pick<Context, 'settings' | 'directory'>,
): Promise<Readonly<Record<string, unknown>>> {
  const metadata = writeClientMetadata(client);
  const fields = CLIENT_METADATA_FIELDS.filter((field) => {
    const { operatorOnly }: MetadataField = CLIENT_METADATA[field];
    return operatorOnly !== true && metadata[field] !== undefined;
  });
  const scope = formatScope(await askableScopes(client, context));
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
    ...(secrets.secret !== undefined && { client_secret: secrets.secret }),
    // They do not end.
    ...(client.secrets.length > 0 && { client_secret_expires_at: 0 }),
    ...(secrets.registrationToken !== undefined && { registration_access_token: secrets.registrationToken }),
    registration_client_uri: registrationAddress(client, context),
    ...Object.fromEntries(fields.map((field) => [field, metadata[field]])),
    ...(scope !== '' && { scope }),
  };
}

/** Where a client manages its registration. */
export function registrationAddress({ clientId }: Client, { settings }: Pick<Context, 'settings'>): string {
  return `${endpointAddress('register', settings)}/${encodeURIComponent(clientId)}`;
}

async function askableScopes(client: Client, { directory }: Pick<Context, 'directory'>): Promise<readonly string[]> {
  const [known, registry] = await Promise.all([directory.scopes(), directory.resources()]);
  return [...known.values()]
    .filter((scope) => scope.isActive && mayAsk(client, scope, registry))
    .map(({ name }) => name);
}
