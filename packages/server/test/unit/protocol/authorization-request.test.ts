import { type ClientId, readParameters, redirectUriMatches } from '@authly/oauth';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthorizationError } from '../../../src/protocol/authorize/authorization-error.ts';
import { validateAuthorizationRequest } from '../../../src/protocol/authorize/validate.ts';
import { parameterNames } from '../../../src/protocol/endpoints/table.ts';
import { OAuthError } from '../../../src/protocol/error.ts';
import { aClient, aScope, asked, registered } from './given.ts';

const CALLBACK = 'https://app.example/callback';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const GOOD = {
  client_id: 'app',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid read',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  state: 'xyz',
};
const context = registered(
  [
    aClient(),
    aClient({ clientId: 'two' as ClientId, redirectUris: [CALLBACK, 'https://app.example/other'] }),
    aClient({ clientId: 'off' as ClientId, isActive: false }),
    aClient({ clientId: 'machine' as ClientId, grantTypes: ['client_credentials'] }),
    aClient({ clientId: 'free' as ClientId, pkce: 'or_nonce' }),
  ],
  ['openid', 'profile', 'read', 'write'].map((name) => aScope(name)).concat(aScope('gone', { isActive: false })),
);
const validate = (wish: Parameters<typeof asked>[0] = {}) =>
  validateAuthorizationRequest(asked({ ...GOOD, ...wish }), context);

describe('an authorization request', () => {
  it('that is right is read as it was meant', async () => {
    const { request, client } = await validate({ max_age: '60', prompt: 'login consent', nonce: 'n' });
    expect(client.clientId).toBe('app');
    expect(request).toMatchObject({
      clientId: 'app',
      redirectUri: CALLBACK,
      scopes: ['openid', 'read'],
      codeChallenge: CHALLENGE,
      state: 'xyz',
      responseMode: 'query',
      maxAge: 60,
      prompts: ['login', 'consent'],
      nonce: 'n',
    });
  });

  it.each<[Parameters<typeof asked>[0], string]>([
    [{ client_id: undefined }, 'The parameter client_id is missing.'],
    [{ client_id: 'nobody' }, 'not registered here'],
    [{ client_id: 'off' }, 'switched off'],
    [{ client_id: ['app', 'app'] }, 'client_id was sent more than once'],
    [{ redirect_uri: `${CALLBACK}/` }, 'not registered for the application'],
    [{ redirect_uri: undefined }, 'redirect_uri is missing'],
    [{ client_id: 'two', redirect_uri: undefined, scope: 'read' }, 'redirect_uri is missing'],
    [{ redirect_uri: [CALLBACK, CALLBACK] }, 'redirect_uri was sent more than once'],
  ])('%j is told to the person and sent nowhere', async (wish, words) => {
    const error: unknown = await validate(wish).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OAuthError);
    expect((error as Error).message).toContain(words);
  });

  it.each<[Parameters<typeof asked>[0], string]>([
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_mode: 'web_message' }, 'invalid_request'],
    [{ client_id: 'machine' }, 'unauthorized_client'],
    [{ scope: 'openid write' }, 'invalid_scope'],
    [{ scope: 'openid gone' }, 'invalid_scope'],
    [{ scope: 'openid "' }, 'invalid_scope'],
    [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'create' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ max_age: '1e3' }, 'invalid_request'],
    [{ resource: 'api' }, 'invalid_target'],
    [{ request: 'a.b.c' }, 'request_not_supported'],
    [{ request_uri: 'https://app.example/request' }, 'request_uri_not_supported'],
    [{ nonce: 'n'.repeat(513) }, 'invalid_request'],
    [{ scope: ['openid', 'read'] }, 'invalid_request'],
  ])('%j goes back to the application with its state', async (wish, code) => {
    await expect(validate(wish)).rejects.toMatchObject({
      code,
      returnTo: { redirectUri: CALLBACK, state: 'xyz' },
    });
  });

  it('of a confidential client goes without PKCE where its registration says so and a nonce stands in for it', async () => {
    const plain = { client_id: 'free', code_challenge: undefined, code_challenge_method: undefined };
    await expect(validate({ ...plain, nonce: 'n' })).resolves.toMatchObject({ request: { codeChallenge: undefined } });
    await expect(validate(plain)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('of any kind is answered or refused, never a fault, and never sent to an address that is not registered', async () => {
    const names = [...parameterNames('authorize'), 'request', 'other'];
    const value = fc.oneof(
      fc.constantFrom(
        ...Object.values(GOOD),
        'two',
        'none',
        '{}',
        '[]',
        'null',
        '{"id_token":{"sub":{"values":5}}}',
        '0',
        '-1',
        'https://evil.example/',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    const noise = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 });
    const known = parameterNames('authorize');
    await fc.assert(
      fc.asyncProperty(noise, fc.subarray(Object.entries(GOOD), { minLength: 4 }), async (added, kept) => {
        const hints = added.filter(([name]) => name !== 'id_token_hint');
        const parameters = readParameters([...hints, ...kept], known);
        const outcome: unknown = await validateAuthorizationRequest(parameters, context).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error)
          expect(outcome instanceof OAuthError || outcome instanceof AuthorizationError).toBe(true);
        const target = outcome instanceof AuthorizationError ? outcome.returnTo.redirectUri : undefined;
        if (target !== undefined) expect([CALLBACK, 'https://app.example/other']).toContain(target);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a redirect address', () => {
  it('is registered character by character, but for the port of a loopback address', () => {
    const base = fc.constantFrom(CALLBACK, 'http://127.0.0.1/cb', 'http://[::1]:80/cb?x=1', 'com.example.app:/cb');
    fc.assert(
      fc.property(base, fc.nat(60), fc.string({ unit: 'binary-ascii', maxLength: 2 }), (uri, at, piece) => {
        const other = uri.slice(0, at) + piece + uri.slice(at + piece.length);
        const isPort = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?(?=[/?]|$)/;
        if (!redirectUriMatches(uri, other, { applicationType: 'native' })) return;
        expect(other.replace(isPort, 'http://$1')).toBe(uri.replace(isPort, 'http://$1'));
      }),
      { numRuns: 500 },
    );
  });
});
