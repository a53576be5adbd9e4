import {
  CLIENT_AUTH_METHODS,
  CLIENT_METADATA,
  CLIENT_METADATA_FIELDS,
  type ClientAuthMethod,
  type ClientMetadata,
  type ClientMetadataField,
  DEVICE_CODE_GRANT,
  type MetadataField,
  readClientMetadata,
} from '@authly/oauth';
import { OAuthError } from '../error.js';
import { readValue } from './metadata-value.js';
import { checkAddresses, inferApplicationType, invalidAddress, nativeOnly } from './redirect-uris.js';
import { looksLikeOurs, shownName } from './stranger-name.js';

/** A client as it described itself, completed and checked. */
export type DescribedClient = ClientMetadata & {
  readonly type: 'confidential' | 'public';
  readonly authMethod: ClientAuthMethod;
};

export interface DescriptionRules {
  /** Only addresses on the person's own device are kept. */
  readonly nativeOnly: boolean;
  readonly authMethods: readonly ClientAuthMethod[];
  /** What a client does that says nothing about how it proves itself. */
  readonly defaultAuthMethod: (applicationType: 'web' | 'native') => ClientAuthMethod;
}

/** What a stranger may use. Tokens without a person are for clients that an administrator made. */
const GRANTS: readonly string[] = ['authorization_code', 'refresh_token', DEVICE_CODE_GRANT];

/** What a client does not decide about itself, and what has a reading of its own below. */
const NOT_READ: ReadonlySet<string> = new Set([
  'pkce',
  'assertion_audience',
  'redirect_uris',
  'post_logout_redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'client_name',
  'application_type',
]);

/**
 * Reads what a client says about itself. Members that are not known, and grants that are not for strangers, are left out: clients
 * send to every server the same. @spec RFC 7591 §2, §3.2.2, OpenID Connect Registration §2
 */
// @check 232, 235, 236, 238, 239
export function readDescription(body: Readonly<Record<string, unknown>>, rules: DescriptionRules): DescribedClient {
  const said = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== ''));
  const { addresses, applicationType } = readAddresses(said, rules);
  const authMethod = readAuthMethod(said['token_endpoint_auth_method'], applicationType, rules);
  const type = authMethod === 'none' ? 'public' : 'confidential';
  const known = CLIENT_METADATA_FIELDS.filter((field) => said[field] !== undefined && isRead(field));
  const read = Object.fromEntries(known.map((field) => [field, readField(field, said[field])]));
  const described = readClientMetadata(
    {
      ...read,
      client_name: readName(said, addresses),
      redirect_uris: addresses,
      post_logout_redirect_uris: checkAddresses(said['post_logout_redirect_uris'] ?? [], {
        applicationType,
        field: 'post_logout_redirect_uris',
      }),
      grant_types: readGrants(said['grant_types']),
      response_types: readResponseTypes(said['response_types']),
      token_endpoint_auth_method: authMethod,
      application_type: applicationType,
      pkce: type === 'public' || !asksForOpenId(said) ? 'required' : 'or_nonce',
      assertion_audience: 'compatible',
    },
    type,
  );
  checkTogether(described, addresses);
  return { ...described, type, authMethod };
}

function isRead(field: ClientMetadataField): boolean {
  const { operatorOnly }: MetadataField = CLIENT_METADATA[field];
  return operatorOnly !== true && !NOT_READ.has(field);
}

function readField(field: ClientMetadataField, value: unknown): unknown {
  const read = readValue(CLIENT_METADATA[field], value);
  if ('problem' in read) throw invalidMetadata(`${field} ${read.problem}.`);
  return read.value;
}

function readAddresses(
  said: Readonly<Record<string, unknown>>,
  rules: DescriptionRules,
): { readonly addresses: readonly string[]; readonly applicationType: 'web' | 'native' } {
  const asked = said['application_type'];
  if (asked !== undefined && asked !== 'web' && asked !== 'native')
    throw invalidMetadata('application_type must be web or native.');
  const usesAddress = readGrants(said['grant_types']).includes('authorization_code');
  const all = checkAddresses(said['redirect_uris'] ?? [], { applicationType: asked, field: 'redirect_uris' });
  if (all.length === 0 && usesAddress) throw invalidAddress('redirect_uris is missing: name at least one address.');
  const addresses = rules.nativeOnly && all.length > 0 ? nativeOnly(all) : all;
  return { addresses, applicationType: asked ?? inferApplicationType(addresses) };
}

function readAuthMethod(
  value: unknown,
  applicationType: 'web' | 'native',
  { authMethods, defaultAuthMethod }: DescriptionRules,
): ClientAuthMethod {
  if (value === undefined) return defaultAuthMethod(applicationType);
  const method = CLIENT_AUTH_METHODS.find((known) => known === value);
  if (method !== undefined && authMethods.includes(method)) return method;
  throw invalidMetadata(`token_endpoint_auth_method must be one of ${authMethods.join(', ')}.`);
}

function readGrants(value: unknown): readonly string[] {
  if (value === undefined) return ['authorization_code', 'refresh_token'];
  if (!Array.isArray(value)) throw invalidMetadata('grant_types must be a list.');
  const grants = GRANTS.filter((grant) => value.includes(grant));
  if (grants.some((grant) => grant !== 'refresh_token')) return grants;
  throw invalidMetadata(`grant_types must hold authorization_code or ${DEVICE_CODE_GRANT}.`);
}

function readResponseTypes(value: unknown): readonly string[] {
  if (value === undefined) return ['code'];
  if (!Array.isArray(value)) throw invalidMetadata('response_types must be a list.');
  if (value.length === 0 || value.includes('code')) return ['code'];
  throw invalidMetadata('response_types must hold code.');
}

function readName(said: Readonly<Record<string, unknown>>, addresses: readonly string[]): string {
  const [first] = addresses;
  const nameless = first === undefined ? 'A program' : new URL(first).host || new URL(first).protocol;
  const value = said['client_name'] ?? nameless;
  if (typeof value !== 'string' || value.length > 1000) throw invalidMetadata('client_name must be a text.');
  if (looksLikeOurs(value)) throw invalidMetadata('client_name looks like the name of this server: choose another.');
  return shownName(value) ?? nameless;
}

function asksForOpenId({ scope }: Readonly<Record<string, unknown>>): boolean {
  return typeof scope === 'string' && scope.split(' ').includes('openid');
}

function checkTogether(client: ClientMetadata, addresses: readonly string[]): void {
  if (client.jwks !== undefined && client.jwksUri !== undefined)
    throw invalidMetadata('jwks and jwks_uri cannot be used together.');
  if (client.authMethod === 'private_key_jwt' && client.jwks === undefined && client.jwksUri === undefined)
    throw invalidMetadata('private_key_jwt needs the public keys of the client: jwks or jwks_uri.');
  const hosts = new Set(addresses.map((address) => new URL(address).host));
  if (client.subjectType === 'pairwise' && client.sectorIdentifierUri === undefined && hosts.size > 1)
    throw invalidMetadata('subject_type pairwise with addresses on several hosts needs sector_identifier_uri.');
}

export function invalidMetadata(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', description);
}
