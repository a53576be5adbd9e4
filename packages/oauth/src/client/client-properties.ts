import { CLIENT_METADATA } from './client-metadata.js';
import type { MetadataTable, PresentField, PropertiesOf, PropertyOf, ValueOf } from './metadata-field.js';

/** A client's metadata by the names of properties and by registered names, and the way from one to the other. */

type Table = typeof CLIENT_METADATA;
export type ClientMetadataField = keyof Table;
/** The metadata of a client as the server's code reads it: `client.redirectUris`. */
export type ClientMetadata = PropertiesOf<Table>;
/** The metadata of a client by its registered names, as a database or an answer keeps it. */
export type ClientMetadataRecord = {
  readonly [Field in ClientMetadataField]: Field extends PresentField<Table>
    ? ValueOf<Table[Field]>
    : ValueOf<Table[Field]> | undefined;
};

export const CLIENT_METADATA_FIELDS = Object.keys(CLIENT_METADATA) as readonly ClientMetadataField[];

export type OidcClientField = {
  [Field in ClientMetadataField]: Table[Field] extends { readonly oidc: true } ? Field : never;
}[ClientMetadataField];

/** The settings of OpenID Connect among them. */
export const OIDC_CLIENT_FIELDS = CLIENT_METADATA_FIELDS.filter(
  (field): field is OidcClientField => 'oidc' in CLIENT_METADATA[field],
);

/** `id_token_signed_response_alg` → `idTokenAlg` */
export function clientProperty<Field extends ClientMetadataField>(field: Field): PropertyOf<Table, Field> {
  const { property }: MetadataTable[string] = CLIENT_METADATA[field];
  return (property ?? camelCase(field)) as PropertyOf<Table, Field>;
}

/** What a client has that says nothing but its type, its name left out. */
export function defaultClientMetadata(type: 'confidential' | 'public'): Omit<ClientMetadata, 'name'> {
  return readClientMetadata({}, type);
}

/** From registered names to properties. What is missing or null is the default, or absent. */
export function readClientMetadata(
  record: Readonly<Record<string, unknown>>,
  type: 'confidential' | 'public',
): ClientMetadata {
  const entries = CLIENT_METADATA_FIELDS.map((field) => [
    clientProperty(field),
    record[field] ?? defaultOf(field, type),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ClientMetadata;
}

/** From properties to registered names; the keys are all there. */
export function writeClientMetadata(client: Partial<ClientMetadata>): ClientMetadataRecord {
  const properties = client as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    CLIENT_METADATA_FIELDS.map((field) => [field, properties[clientProperty(field)]]),
  ) as unknown as ClientMetadataRecord;
}

function defaultOf(field: ClientMetadataField, type: 'confidential' | 'public'): unknown {
  const { default: usual, publicDefault }: MetadataTable[string] = CLIENT_METADATA[field];
  return type === 'public' ? (publicDefault ?? usual) : usual;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
