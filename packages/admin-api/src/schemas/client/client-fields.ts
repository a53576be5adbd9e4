import { AUTHORIZATION_CHALLENGE, CLIENT_AUTH_METHODS, GRANT_TYPES } from '@authly/oauth';
import { z } from 'zod';
import { clearable, httpsUri, optional, text } from '../fields.js';

/** The form of each field of a client, before any rule about the client as a whole. */

/** Algorithms that sign what the server issues. HS256 is not among them: client secrets are stored as hashes only. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const;
// The password grant belongs to the server's own first-party client alone.
const REGISTRABLE_GRANTS = [...GRANT_TYPES.filter((grant) => grant !== 'password'), AUTHORIZATION_CHALLENGE] as const;

export const clientType = z.enum(['confidential', 'public'], { error: 'client_type must be confidential or public' });
export const authMethod = z.enum(CLIENT_AUTH_METHODS, {
  error: `token_endpoint_auth_method must be one of ${CLIENT_AUTH_METHODS.join(', ')}`,
});
const algorithm = z.enum(SIGNING_ALGORITHMS, {
  error: `the algorithm must be one of ${SIGNING_ALGORITHMS.join(', ')}`,
});
export const subjectType = z.enum(['public', 'pairwise'], { error: 'subject_type must be public or pairwise' });
export const applicationType = z.enum(['web', 'native'], { error: 'application_type must be web or native' });
export const redirectUris = z
  .array(z.string().max(2000, 'a redirect URI must be at most 2000 characters long'))
  .max(100, 'at most 100 redirect URIs');
export const grantTypes = z
  .array(z.enum(REGISTRABLE_GRANTS, { error: `grant_types must be among ${REGISTRABLE_GRANTS.join(', ')}` }))
  .min(1, 'grant_types must not be empty');
export const responseTypes = z.array(z.enum(['code'], { error: 'the only response type is code' }));
export const contacts = z
  .array(
    text('a contact', 254).refine(
      (value) => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(value),
      'a contact must be an e-mail address',
    ),
  )
  .max(20, 'at most 20 contacts');
export const jwks = z.object({
  keys: z
    .array(
      z
        .record(z.string(), z.unknown())
        .refine((key) => !('d' in key) && !('k' in key), 'jwks must hold public keys only'),
    )
    .max(20),
});
const maxAge = z
  .int('default_max_age must be a whole number of seconds')
  .min(0, 'default_max_age must not be negative');
export const lifetime = z
  .int('a lifetime must be a whole number of seconds')
  .min(1)
  .max(31_536_000, 'a lifetime must be at most a year');
export const clientName = text('client_name', 255, 1);

export const oidcSettings = {
  id_token_signed_response_alg: algorithm,
  userinfo_signed_response_alg: algorithm,
  subject_type: subjectType,
  sector_identifier_uri: httpsUri('sector_identifier_uri'),
  require_auth_time: z.boolean(),
  default_max_age: maxAge,
  initiate_login_uri: httpsUri('initiate_login_uri'),
  request_uris: z.array(httpsUri('a request_uri')).max(20),
  application_type: applicationType,
  contacts,
} as const;

/** The OpenID Connect settings as a change takes them. */
export function oidcChangeFields() {
  return {
    id_token_signed_response_alg: optional(oidcSettings.id_token_signed_response_alg),
    userinfo_signed_response_alg: clearable(oidcSettings.userinfo_signed_response_alg),
    subject_type: optional(oidcSettings.subject_type),
    sector_identifier_uri: clearable(oidcSettings.sector_identifier_uri),
    require_auth_time: optional(oidcSettings.require_auth_time),
    default_max_age: clearable(oidcSettings.default_max_age),
    initiate_login_uri: clearable(oidcSettings.initiate_login_uri),
    request_uris: optional(oidcSettings.request_uris),
    application_type: optional(oidcSettings.application_type),
    contacts: optional(oidcSettings.contacts),
  } as const;
}
