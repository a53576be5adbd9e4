import { exchanges } from '@authly/admin-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

/** Every field that the contract lets an administrator change is changed, stored, and shown; a field that is new needs its line here. */

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

const JWKS = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
};

/** What is sent; what is shown where that is something else; what must be changed along with it. */
interface Line {
  readonly sent: unknown;
  readonly shown?: Readonly<Record<string, unknown>>;
  readonly along?: Readonly<Record<string, unknown>>;
}

const CLIENT: Readonly<Record<string, Line>> = {
  client_name: { sent: 'Another name' },
  // The type is fixed; what it is already may be said.
  client_type: { sent: 'confidential', along: { client_name: 'With its type' } },
  // Who brought it is fixed, but what registered itself may be adopted.
  origin: { sent: 'admin', along: { client_name: 'Adopted' } },
  is_active: { sent: false },
  redirect_uris: { sent: ['https://app.example/new', 'https://app.example/newer'] },
  post_logout_redirect_uris: { sent: ['https://app.example/bye'] },
  grant_types: { sent: ['authorization_code'] },
  response_types: { sent: ['code'] },
  scope: { sent: 'read write' },
  scopes: { sent: ['read'], shown: { scope: 'read', assigned_scopes: ['read'] } },
  require_pkce: { sent: true, shown: { require_pkce: true, pkce: 'required' } },
  pkce: { sent: 'off' },
  assertion_audience: { sent: 'compatible' },
  dpop_bound_access_tokens: { sent: true },
  require_pushed_authorization_requests: { sent: true },
  id_token_claims: { sent: false },
  access_token_type: { sent: 'JWT' },
  scope_policy: { sent: 'allowed' },
  first_party: { sent: true },
  token_endpoint_auth_method: {
    sent: 'client_secret_post',
    shown: {
      token_endpoint_auth_method: 'client_secret_post',
      token_endpoint_auth_methods: ['client_secret_post'],
    },
  },
  token_endpoint_auth_signing_alg: { sent: 'PS384' },
  access_token_signed_response_alg: { sent: 'RS256' },
  jwks: { sent: JWKS },
  jwks_uri: { sent: 'https://app.example/jwks.json' },
  client_uri: { sent: 'https://app.example' },
  logo_uri: { sent: 'https://app.example/l.png' },
  tos_uri: { sent: 'https://app.example/t' },
  policy_uri: { sent: 'https://app.example/p' },
  software_id: { sent: 'software' },
  software_version: { sent: '2.1' },
  id_token_signed_response_alg: { sent: 'ES256' },
  userinfo_signed_response_alg: { sent: 'RS256' },
  subject_type: { sent: 'pairwise' },
  sector_identifier_uri: { sent: 'https://app.example/sector.json' },
  backchannel_logout_uri: { sent: 'https://app.example/logout' },
  backchannel_logout_session_required: { sent: true },
  frontchannel_logout_uri: { sent: 'https://app.example/signed-out' },
  frontchannel_logout_session_required: { sent: true },
  require_auth_time: { sent: true },
  default_max_age: { sent: 600 },
  initiate_login_uri: { sent: 'https://app.example/login' },
  request_uris: { sent: ['https://app.example/request'] },
  application_type: { sent: 'native' },
  contacts: { sent: ['ops@app.example'] },
  access_token_lifetime: { sent: 120 },
  refresh_token_lifetime: { sent: 3600 },
};

const USER: Readonly<Record<string, Line>> = {
  username: { sent: 'renamed_person' },
  email: { sent: 'renamed@example.org' },
  password: { sent: 'Another-passw0rd!', shown: {} },
  is_active: { sent: false },
  is_verified: { sent: false },
  is_admin: { sent: true },
  requires_password_change: { sent: true },
  given_name: { sent: 'Ada' },
  family_name: { sent: 'Lovelace' },
  middle_name: { sent: 'King' },
  nickname: { sent: 'Countess' },
  preferred_username: { sent: 'ada' },
  profile: { sent: 'https://ada.example' },
  picture: { sent: 'https://ada.example/p.png' },
  website: { sent: 'https://ada.example/w' },
  gender: { sent: 'female' },
  birthdate: { sent: '1815-12-10' },
  zoneinfo: { sent: 'Europe/London' },
  locale: { sent: 'en-GB' },
  phone_number: { sent: '+441234567890' },
  phone_number_verified: { sent: true },
  address: { sent: { locality: 'London', country: 'UK' } },
};

const SCOPE: Readonly<Record<string, Line>> = {
  // The name is fixed; what it is already may be said.
  scope_name: { sent: 'every:field', along: { description: 'with its name' } },
  description: { sent: 'Another description' },
  is_default: { sent: true },
  is_active: { sent: false },
};

function fieldsOf(schema: unknown): readonly string[] {
  const { shape, def } = schema as { shape?: object; def?: { in?: unknown; innerType?: unknown } };
  if (shape) return Object.keys(shape);
  const inner = def?.in ?? def?.innerType;
  if (inner === undefined) throw new Error('a body without fields');
  return fieldsOf(inner);
}

function expected(field: string, { sent, shown }: Line): Readonly<Record<string, unknown>> {
  return shown ?? { [field]: sent };
}

function lineOf(lines: Readonly<Record<string, Line>>, field: string): Line {
  const line = lines[field];
  if (!line) throw new Error(`no line for the field ${field}`);
  return line;
}

describe('of a client', () => {
  test.each(fieldsOf(exchanges.updateClient.body))('%s', async (field) => {
    const line = lineOf(CLIENT, field);
    const { body: client } = await admin.call('createClient', {
      body: { client_name: 'Field', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] },
    });
    const params = { client_id: client.client_id };
    const changed = await admin.call('updateClient', { params, body: { ...line.along, [field]: line.sent } });
    expect(changed.status, changed.text).toBe(200);
    const { body } = await admin.call('getClient', { params });
    expect(body).toMatchObject(expected(field, line));
    const fields = Object.keys({ ...line.along, ...expected(field, line) });
    const rest = (one: object) =>
      Object.fromEntries(Object.entries(one).filter(([name]) => !DERIVED.has(name) && !fields.includes(name)));
    expect(rest(body)).toEqual(
      rest({
        ...client,
        client_secret: undefined,
        ...(field === 'scope' && { assigned_scopes: body.assigned_scopes }),
      }),
    );
  });

  test.each(fieldsOf(exchanges.updateClientOidc.body))('%s, by way of the OpenID Connect settings', async (field) => {
    const line = lineOf(CLIENT, field);
    const { body: client } = await admin.call('createClient', {
      body: { client_name: 'Field', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] },
    });
    const params = { client_id: client.client_id };
    const changed = await admin.call('updateClientOidc', { params, body: { [field]: line.sent } });
    expect(changed.status, changed.text).toBe(200);
    expect(changed.body.updated_fields).toEqual([field]);
    expect((await admin.call('getClientOidc', { params })).body).toMatchObject(expected(field, line));
  });
});

/** These say when or by what something was changed. */
const DERIVED: ReadonlySet<string> = new Set(['updated_at', 'client_secret']);

describe('of a user', () => {
  test.each(fieldsOf(exchanges.updateUser.body))('%s', async (field) => {
    const line = lineOf(USER, field);
    const person = await server.given.user();
    const params = { user_id: person.user.id };
    const { body: before } = await admin.call('getUser', { params });
    const changed = await admin.call('updateUser', { params, body: { [field]: line.sent } });
    expect(changed.status, changed.text).toBe(200);
    const { body: after } = await admin.call('getUser', { params });
    expect(after).toMatchObject(expected(field, line));
    const rest = (one: object) =>
      Object.fromEntries(Object.entries(one).filter(([name]) => name !== field && name !== 'updated_at'));
    expect(rest(after)).toEqual(rest(before));
  });
});

describe('of a scope', () => {
  test.each(fieldsOf(exchanges.updateScope.body))('%s', async (field) => {
    const line = lineOf(SCOPE, field);
    await admin.call('createScope', { body: { scope_name: 'every:field' } });
    const params = { scope_name: 'every:field' };
    const changed = await admin.call('updateScope', { params, body: { ...line.along, [field]: line.sent } });
    expect(changed.status, changed.text).toBe(200);
    expect((await admin.call('getScope', { params })).body).toMatchObject(expected(field, line));
    await admin.call('deleteScope', { params });
  });
});
