import {
  CLIENT_METADATA,
  CLIENT_METADATA_FIELDS,
  type ClientMetadataField,
  type ClientMetadataRecord,
  defaultClientMetadata,
  type GivenValueOf,
  type MetadataField,
  OIDC_CLIENT_FIELDS,
  type OidcClientField,
  type PresentField,
  type ValueOf,
  writeClientMetadata,
} from '@authly/oauth';
import { z } from 'zod';
import { clearable, defaulted, optional } from '../fields.js';
import { inputSchema, outputSchema } from './metadata-schema.js';

/** The form of each field of a client, made from the table of client metadata, before any rule about the client as a whole. */

type Table = typeof CLIENT_METADATA;
type Present = PresentField<Table>;
type Given<Field extends ClientMetadataField> = z.ZodType<GivenValueOf<Table[Field]>, GivenValueOf<Table[Field]>>;
type Optional<Schema extends z.ZodType> = ReturnType<typeof optional<Schema>>;
type Defaulted<Schema extends z.ZodType> = ReturnType<typeof defaulted<Schema>>;
type Clearable<Schema extends z.ZodType> = ReturnType<typeof clearable<Schema>>;

/** Whose default depends on the type of the client, so that the body as a whole must be known. */
type ByType = { [Field in Present]: Table[Field] extends { readonly publicDefault: unknown } ? Field : never }[Present];

type CreationFields = {
  [Field in ClientMetadataField]: Table[Field] extends { readonly required: true }
    ? Given<Field>
    : Field extends Exclude<Present, ByType>
      ? Defaulted<Given<Field>>
      : Optional<Given<Field>>;
};
type ChangeFields<Field extends ClientMetadataField = ClientMetadataField> = {
  [Name in Field]: Name extends Present ? Optional<Given<Name>> : Clearable<Given<Name>>;
};
type ReplyFields = {
  [Field in ClientMetadataField]: Field extends Present
    ? z.ZodType<ValueOf<Table[Field]>>
    : z.ZodNullable<z.ZodType<ValueOf<Table[Field]>>>;
};

/** The metadata that a body which creates a client may hold. */
export const clientCreationFields = fieldsOf(CLIENT_METADATA_FIELDS, (schema, field) => {
  if (field.required) return schema;
  return field.default === undefined || field.publicDefault !== undefined
    ? optional(schema)
    : defaulted(schema, field.default);
}) as CreationFields;

/** The metadata that a body which changes a client may hold: what has a default can be changed, the rest also cleared. */
export const clientChangeFields = changeFields(CLIENT_METADATA_FIELDS);
export const oidcChangeFields = changeFields(OIDC_CLIENT_FIELDS);

/** The metadata as every answer shows it. */
export const clientReplyFields = Object.fromEntries(
  CLIENT_METADATA_FIELDS.map((name) => {
    const field: MetadataField = CLIENT_METADATA[name];
    const isPresent = field.required === true || field.default !== undefined;
    return [name, withDescription(isPresent ? outputSchema(field) : outputSchema(field).nullable(), field)];
  }),
) as ReplyFields;

export const oidcReplyFields = Object.fromEntries(
  OIDC_CLIENT_FIELDS.map((name) => [name, clientReplyFields[name]]),
) as Pick<ReplyFields, OidcClientField>;

/** Fills in what a body did not say and what depends on the type of the client. */
export function withDefaultsOfType<Body extends { readonly client_type: 'confidential' | 'public' }>(
  body: Body,
): Omit<Body, ByType> & Pick<ClientMetadataRecord, ByType> {
  const defaults = writeClientMetadata(defaultClientMetadata(body.client_type));
  const names = CLIENT_METADATA_FIELDS.filter((name) => 'publicDefault' in CLIENT_METADATA[name]) as ByType[];
  const given = body as Partial<ClientMetadataRecord>;
  return { ...body, ...Object.fromEntries(names.map((name) => [name, given[name] ?? defaults[name]])) } as never;
}

function changeFields<Field extends ClientMetadataField>(names: readonly Field[]): ChangeFields<Field> {
  return fieldsOf(names, (schema, field) =>
    field.required || field.default !== undefined ? optional(schema) : clearable(schema),
  ) as ChangeFields<Field>;
}

function fieldsOf<Field extends ClientMetadataField>(
  names: readonly Field[],
  form: (schema: z.ZodType, field: MetadataField) => z.ZodType,
): Record<string, z.ZodType> {
  return Object.fromEntries(
    names.map((name) => {
      const field: MetadataField = CLIENT_METADATA[name];
      return [name, withDescription(form(inputSchema(field, name), field), field)];
    }),
  );
}

function withDescription(schema: z.ZodType, { says }: MetadataField): z.ZodType {
  return schema.meta({ description: `${says}.` });
}
