import type { Endpoint } from './endpoint.js';

/** What a client may say about itself; every other member of RFC 7591 and OpenID Connect Registration is read as well. */
const DESCRIPTION = {
  redirect_uris: 'Where a login may return to',
  client_name: 'What people see, as what the program calls itself',
  application_type: 'native or web; told by the addresses where it is missing',
  grant_types: 'authorization_code, refresh_token, urn:ietf:params:oauth:grant-type:device_code',
  token_endpoint_auth_method: 'none, client_secret_basic, client_secret_post, private_key_jwt',
  scope: 'A wish; what it may ask for does not depend on it',
} as const;

const MANAGEMENT = {
  mount: 'api',
  path: '/oauth/register/:client_id',
  tag: 'oauth',
  access: 'bearer',
  refusals: 'oauth',
  cors: true,
} as const;

/** Clients that register themselves, and manage what they registered. @spec RFC 7591, RFC 7592 */
export const REGISTRATION_ENDPOINTS = {
  register: {
    mount: 'api',
    path: '/oauth/register',
    methods: ['POST'],
    tag: 'oauth',
    summary: 'Register a client, where clients may register themselves.',
    access: 'anyone',
    parameters: DESCRIPTION,
    json: true,
    answer:
      '201 with client_id, all that holds of it, and registration_access_token with registration_client_uri to manage it; client_secret where it has one.',
    refusals: 'oauth',
    asked: 'register',
    cors: true,
    metadata: 'registration_endpoint',
  },
  readRegistration: {
    ...MANAGEMENT,
    methods: ['GET'],
    summary: 'Read the registration of a client, with its registration_access_token.',
    answer: 'All that holds of it.',
  },
  changeRegistration: {
    ...MANAGEMENT,
    methods: ['PUT'],
    summary: 'Replace what a client registered; what is left out has its default.',
    parameters: { client_id: { says: 'The client itself', required: true }, ...DESCRIPTION },
    json: true,
    answer: 'All that holds of it then.',
  },
  removeRegistration: {
    ...MANAGEMENT,
    methods: ['DELETE'],
    summary: 'Remove a client with all its logins and tokens.',
    answer: '204',
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
