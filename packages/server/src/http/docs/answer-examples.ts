import type { EndpointName } from '../../protocol/endpoints/table.js';

type Content = Readonly<Record<string, { readonly schema: { readonly type: 'object' }; readonly example: unknown }>>;

/** What an endpoint of OAuth answers, as it looks on the wire. The admin API says it by the schemas of its contract. */
export function answerExample(name: EndpointName): { readonly content?: Content } {
  const example = EXAMPLES[name];
  if (example === undefined) return {};
  return { content: { 'application/json': { schema: { type: 'object' }, example } } };
}

const TIME = { exp: 1_800_003_600, iat: 1_800_000_000 };
const PERSON = '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1';

const TOKENS = {
  access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IuKApiJ9.…',
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'authly_rt_…',
  scope: 'openid profile offline_access',
  id_token: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IuKApiJ9.…',
};

const CLAIMS = {
  sub: PERSON,
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  preferred_username: 'ada',
  updated_at: TIME.iat,
  email: 'ada@example.com',
  email_verified: true,
};

const EXAMPLES: Partial<Record<EndpointName, unknown>> = {
  token: TOKENS,
  introspect: {
    active: true,
    scope: 'openid profile email offline_access',
    client_id: 'authly_…',
    username: 'ada',
    token_type: 'Bearer',
    ...TIME,
    sub: PERSON,
    aud: 'https://auth.example.com',
    iss: 'https://auth.example.com',
    jti: '0198f3b2-…',
    auth_time: TIME.iat,
    acr: 'urn:authly:acr:password',
    amr: ['pwd'],
    sid: '…',
  },
  deviceAuthorization: {
    device_code: 'authly_dc_…',
    user_code: 'BCDF-GHJK',
    verification_uri: 'https://auth.example.com/device',
    verification_uri_complete: 'https://auth.example.com/device?user_code=BCDF-GHJK',
    expires_in: 900,
    interval: 5,
  },
  userInfo: CLAIMS,
  userInfoByPost: CLAIMS,
  jwks: { keys: [{ kty: 'EC', crv: 'P-256', kid: '…', use: 'sig', alg: 'ES256', x: '…', y: '…' }] },
  health: { status: 'healthy', version: '0.1.0', database: 'connected', postgres_version: '17.10' },
};
