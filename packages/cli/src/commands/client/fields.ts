import {
  lookalikeRedirects,
  CLIENT_METADATA,
  CLIENT_METADATA_FIELDS,
  type ClientMetadataField,
  type MetadataField,
} from '@authly/oauth';
import type { Reply } from '@authly/admin-api/client';
import type { Field } from '../../output.js';
import { utc } from '../../terminal/time.js';

/** What a client is made of, for the commands that show one. */

export type Client = Reply<'getClient'>;

/** The lines that show a client. The order of the first ones is the guide's. */
export function clientFields(client: Client, secret?: string | null): readonly Field[] {
  return [
    ['Client ID', client.client_id],
    ['Client Secret', secret],
    ['Name', client.client_name],
    ['Type', client.client_type],
    ['Redirect URIs', client.redirect_uris.join(', ')],
    ['Scopes', client.assigned_scopes.join(', ')],
    ['Status', statusOf(client)],
  ];
}

/** Everything else about a client. */
export function clientDetails(client: Client): readonly Field[] {
  return [
    ...clientFields(client),
    ...CLIENT_METADATA_FIELDS.filter((field) => !SHOWN_FIRST.has(field)).map((field) => metadataLine(field, client)),
    ['Previous Secret Works Until', client.previous_secret_expires_at && utc(client.previous_secret_expires_at)],
    ['Managed By', client.is_system ? 'Authly itself (protected)' : undefined],
    ['Origin', client.origin === 'admin' ? undefined : client.origin],
    ['Last Used', client.last_used_at && utc(client.last_used_at)],
    ['Created', utc(client.created_at)],
    ['Updated', utc(client.updated_at)],
  ];
}

export function statusOf({ is_active }: { readonly is_active: boolean }): string {
  return is_active ? 'active' : 'inactive';
}

const SHOWN_FIRST: ReadonlySet<ClientMetadataField> = new Set(['client_name', 'redirect_uris']);

function metadataLine(name: ClientMetadataField, client: Client): Field {
  const field: MetadataField = CLIENT_METADATA[name];
  // A server of another version may not know the field yet.
  const value = client[name] as unknown;
  if (value === null || value === undefined) return [field.title, undefined];
  switch (field.kind) {
    case 'flag':
      return [field.title, value === true ? 'yes' : 'no'];
    case 'seconds':
      return [field.title, `${String(value)} seconds`];
    case 'list':
      return [field.title, (value as readonly string[]).join(', ')];
    case 'jwks':
      return [field.title, `${(value as { keys: readonly unknown[] }).keys.length} in a key set`];
    case 'text':
    case 'choice':
    case 'email':
    case 'web-uri':
    case 'https-uri':
    case 'redirect-uri':
      return [field.title, String(value)];
  }
}

/** Registered addresses that look alike and are two, in one sentence; nothing when there are none. */
export function lookalikes({ redirect_uris }: { readonly redirect_uris: readonly string[] }): string | undefined {
  const pairs = lookalikeRedirects(redirect_uris);
  return pairs.length === 0 ? undefined : `${pairs.join('; ')}. An application must send the one that it was given.`;
}
