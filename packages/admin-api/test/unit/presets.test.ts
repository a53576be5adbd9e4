import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exchanges } from '../../src/contract.js';
import { presetValues } from '../../src/presets/preset.js';
import { PRESET_NAMES, type PresetName, PRESETS } from '../../src/presets/presets.js';

const creation = exchanges.createClient.body;

/** What is said about a creation body; nothing where it is taken. */
function problems(body: object): readonly string[] {
  const checked = creation.safeParse(body);
  return checked.success ? [] : checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe.each(PRESET_NAMES)('the preset %s', (name) => {
  const { client, files } = PRESETS[name];
  const made = {
    clientId: 'client_1',
    clientSecret: client.client_type === 'public' ? undefined : 'cs_1',
    redirectUris: client.redirect_uris,
    scopes: client.scope.split(' ').filter((name) => name !== ''),
  };

  test('is a client that the server takes, with its name alone beside it', () => {
    expect(problems({ client_name: 'App', preset: name })).toEqual([]);
    const { redirect_uris, scope } = client;
    expect(creation.parse({ client_name: 'App', preset: name })).toMatchObject({
      client_type: client.client_type,
      redirect_uris,
      scopes: scope.split(' ').filter((name) => name !== ''),
    });
  });

  test.each(['https://login.example', 'http://localhost:8000'])('tells its software the values, at %s', (issuer) => {
    const told = files(presetValues({ ...made, issuer }))
      .map(({ text }) => text)
      .join('');
    expect(told).not.toMatch(/[='"]undefined|\[object/);
    for (const value of [issuer, 'client_1']) expect(told).toContain(value);
    expect(told.includes('cs_1')).toBe(client.client_type === 'confidential');
  });

  test('tells its software another redirect URI, where it is told one at all', () => {
    const written = (redirectUris: readonly string[]): string =>
      JSON.stringify(files(presetValues({ ...made, redirectUris, issuer: 'https://login.example' })));
    const [usual] = client.redirect_uris;
    if (usual === undefined || !written([usual]).includes(usual)) return;
    const other = `https://app.example${new URL(usual).pathname}`;
    expect(written([other])).not.toContain(usual);
  });
});

describe('a creation body with a preset', () => {
  const spa = (body: object): readonly string[] => problems({ client_name: 'App', preset: 'spa', ...body });
  const authjs = (body: object): readonly string[] => problems({ client_name: 'App', preset: 'authjs', ...body });

  test('says the other fields itself where it wants them otherwise', () => {
    const body = { client_name: 'App', preset: 'oauth2-proxy' as PresetName, scope: null, redirect_uris: null };
    expect(creation.parse({ ...body, require_pkce: false, access_token_type: 'JWT' })).toMatchObject({
      pkce: 'or_nonce',
      access_token_type: 'JWT',
      scopes: ['openid', 'profile', 'email'],
      redirect_uris: ['http://localhost:4180/oauth2/callback'],
    });
    expect(creation.parse({ ...body, scopes: ['openid', 'read'] })).toMatchObject({ scopes: ['openid', 'read'] });
  });

  test('is refused where it says against the preset, and says what', () => {
    expect(spa({ client_type: 'confidential' })).toEqual(['client_type: The preset spa is for a public client']);
    expect(spa({ grant_types: ['refresh_token'] })).toEqual([
      'grant_types: The preset spa needs the grant authorization_code',
    ]);
    expect(spa({ scope: 'profile' })).toEqual([
      'scope: The preset spa signs people in with OpenID Connect: the scope openid must be among its scopes',
    ]);
    expect(authjs({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } })).toEqual([
      'token_endpoint_auth_method: The preset authjs sends its secret; it knows client_secret_basic and client_secret_post only',
    ]);
    expect(authjs({ redirect_uris: ['https://app.example/callback'] })).toEqual([
      'redirect_uris: The preset authjs is for software that people return to at …/api/auth/callback/authly',
    ]);
    expect(authjs({ redirect_uris: ['https://app.example/shop/api/auth/callback/authly'] })).toEqual([]);
  });

  test('is refused with the names that there are, where it names another', () => {
    expect(problems({ client_name: 'App', client_type: 'public', preset: 'nextjs' })).toEqual([
      `preset: preset must be one of ${PRESET_NAMES.join(', ')}`,
    ]);
    expect(problems({ client_name: 'App' })).toEqual(['client_type: client_type must be confidential or public']);
  });

  test('is described by the document of the API', () => {
    const schema = z.toJSONSchema(creation, { io: 'input', unrepresentable: 'any' });
    expect(schema.required).toEqual(['client_name']);
    expect(JSON.stringify(schema.properties?.['preset'])).toContain('"oauth2-proxy"');
  });
});
