import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { clientProblems, exchanges } from '../../src/index.js';

const first = (schema: z.ZodType, body: unknown) => schema.safeParse(body).error?.issues[0]?.message;

describe('creating a client', () => {
  const { body } = exchanges.createClient;
  const web = { client_name: 'App', client_type: 'confidential', redirect_uris: ['https://app.example/callback'] };

  test('keys set to null and keys nobody knows are as good as absent', () => {
    const nulls = { ...web, client_uri: null, scope: null, contacts: null, request_uris: null, default_max_age: null };
    expect(body.parse({ ...nulls, request_object_signing_alg: 'none' })).toEqual(body.parse(web));
  });

  test('scopes may come as one text, as an array, or as both', () => {
    expect(body.parse({ ...web, scope: 'read  write', scopes: ['write', 'admin'] }).scopes).toEqual([
      'read',
      'write',
      'admin',
    ]);
  });

  test('a confidential client authenticates with its secret unless it says otherwise, a public one not at all', () => {
    expect(body.parse(web).token_endpoint_auth_method).toBeUndefined();
    expect(body.parse({ ...web, client_type: 'public' }).token_endpoint_auth_method).toBe('none');
  });

  // @attack script as an address (CVE-2024-21637, GHSA-86j7-9j95-vpqj)
  test('an address that would run in the browser is refused wherever it is given', () => {
    for (const field of ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri'])
      expect(first(body, { ...web, [field]: 'javascript:alert(1)' })).toBe(`${field} must be an http or https URL`);
    expect(first(body, { ...web, redirect_uris: ['javascript:alert(1)'] })).toMatch(/Invalid redirect URI/);
  });

  test('a refused address comes back without its control characters', () => {
    expect(first(body, { ...web, redirect_uris: ['https://x\u001b[31m/'] })).not.toContain('\u001b');
  });

  test('a service that has no browser needs no redirect URI', () => {
    expect(body.safeParse({ ...web, redirect_uris: [], grant_types: ['client_credentials'] }).success).toBe(true);
    expect(first(body, { ...web, redirect_uris: [] })).toMatch(/At least one redirect URI/);
  });

  test('a public client cannot ask for the client credentials grant', () => {
    expect(first(body, { ...web, client_type: 'public', grant_types: ['client_credentials'] })).toMatch(/no secret/);
  });

  test('private keys do not belong into a client', () => {
    expect(first(body, { ...web, jwks: { keys: [{ kty: 'EC', d: 'secret' }] } })).toMatch(/public keys only/);
  });

  test('HS256 is not offered, because secrets are stored as hashes only', () => {
    expect(first(body, { ...web, id_token_signed_response_alg: 'HS256' })).toMatch(/must be one of/);
  });

  test('nobody registers a client for the password grant', () => {
    expect(first(body, { ...web, grant_types: ['password'] })).toMatch(/must be among/);
  });

  test('a name that would rewrite the terminal is refused', () => {
    expect(first(body, { ...web, client_name: 'a\u001b[2Jb' })).toMatch(/control characters/);
    // It would read as `moc.knab` the other way round.
    expect(first(body, { ...web, client_name: '\u202ebank.com' })).toMatch(/control characters/);
  });
});

describe('changing a client', () => {
  const { body } = exchanges.updateClient;

  test('what is missing stays undefined, null clears what can be absent', () => {
    const change = body.parse({ logo_uri: null });
    expect([change.logo_uri, change.client_uri, change.scopes]).toEqual([null, undefined, undefined]);
  });

  test('null leaves what every client must have', () => {
    const change = body.parse({ client_name: null, redirect_uris: null });
    expect([change.client_name, change.redirect_uris]).toEqual([undefined, undefined]);
  });

  test('the result of a change is held against the same rules as a new client', () => {
    const stored = {
      client_type: 'public' as const,
      redirect_uris: ['https://a.example/cb'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
      subject_type: 'public' as const,
    };
    expect(clientProblems(stored)).toEqual([]);
    expect(clientProblems({ ...stored, token_endpoint_auth_method: 'client_secret_post' })[0]?.field).toBe(
      'token_endpoint_auth_method',
    );
    const pairwise = {
      ...stored,
      subject_type: 'pairwise' as const,
      redirect_uris: ['https://a.example/cb', 'https://b.example/cb'],
    };
    expect(clientProblems(pairwise)[0]?.field).toBe('sector_identifier_uri');
  });
});

describe('users', () => {
  const { body } = exchanges.createUser;

  test('a password that no form could send is refused', () => {
    const user = { username: 'ada', email: 'ada@example.com' };
    expect(first(body, { ...user, password: 'long enough\0but not to type' })).toMatch(/control characters/);
  });
  const someone = { username: 'alice_1', email: 'alice@example.com', password: 'Test123!' };

  test('a password that would keep the hash busy is refused by its length', () => {
    expect(first(body, { ...someone, password: `Aa1!${'x'.repeat(2000)}` })).toMatch(/at most 1024/);
  });

  test('user name and e-mail address have the form that the guide gives them', () => {
    expect(first(body, { ...someone, username: 'no spaces' })).toMatch(/letters a to z, digits/);
    expect(first(body, { ...someone, email: 'root@' })).toBe('Invalid email format');
    expect(first(body, { ...someone, email: "o'brien@localhost" })).toBeUndefined();
  });

  test('a birthday without a year, a leap day and a plain year are dates, 30 February is not', () => {
    for (const birthdate of ['0000-02-29', '2000-02-29', '1990', ''])
      expect(body.safeParse({ ...someone, birthdate }).success).toBe(true);
    for (const birthdate of ['2001-02-29', '2000-02-30', '1.1.1990'])
      expect(body.safeParse({ ...someone, birthdate }).success).toBe(false);
  });

  test('an unknown field cannot smuggle anything in', () => {
    expect(body.parse({ ...someone, password_hash: 'x', version: 7 })).not.toHaveProperty('password_hash');
  });

  test('filters take dates with and without a time, and a plus that arrived as a space', () => {
    const { query } = exchanges.listUsers;
    expect(query.parse({ created_after: '2025-01-02' }).created_after).toBe('2025-01-02T00:00:00.000Z');
    expect(query.parse({ created_after: '2025-01-02T10:00:00 02:00' }).created_after).toBe('2025-01-02T08:00:00.000Z');
    expect(first(query, { created_after: 'yesterday' })).toMatch(/ISO 8601/);
  });

  test('an offset of an older client is tolerated', () => {
    expect(exchanges.listUsers.query.safeParse({ offset: 'nonsense', skip: '10' }).success).toBe(true);
  });
});

describe('numbers in queries', () => {
  // @attack page size and forged cursors (rauthy pentest 004, Hydra 20ea0ffe6)
  test('pages of no entries, negative offsets and huge limits are refused', () => {
    const { query } = exchanges.listClients;
    for (const wrong of [
      { limit: '0' },
      { limit: '1001' },
      { limit: 'x' },
      { limit: '1.5' },
      { offset: '-1' },
      { offset: '1e99' },
    ])
      expect(query.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});

describe('API keys', () => {
  const { body } = exchanges.createApiKey;

  test('a key has scopes, at most one owner and at most one end', () => {
    expect(first(body, { name: 'ci' })).toMatch(/at least one scope/);
    expect(first(body, { name: 'ci', scope: 'read', username: 'a', client_id: 'b' })).toMatch(/at most one of user_id/);
    expect(first(body, { name: 'ci', scope: 'read', expires_in: 3600, expires_at: '2030-01-01T00:00:00Z' })).toMatch(
      /at most one of expires_in/,
    );
    expect(body.parse({ name: 'ci', scope: 'read write' }).scopes).toEqual(['read', 'write']);
  });

  test('a rotation without a body is one without overlap', () => {
    expect(exchanges.rotateApiKey.body.parse(undefined).overlap_seconds).toBe(0);
    expect(exchanges.regenerateClientSecret.body.parse(null).overlap_seconds).toBe(0);
  });
});
