import type { PresetName } from '../../packages/admin-api/src/client.js';

/** One piece of software that the tests connect. */
export interface Connection {
  /** The preset; its program is in the folder of that name in apps/. */
  readonly preset: PresetName;
  /** The package that speaks the protocol; its version is what the results name. */
  readonly library: string;
  readonly language: 'node' | 'python' | 'go';
  /** What the program does besides logging somebody in. */
  readonly refreshes?: true;
  readonly logsOut?: true;
  /** The path of an API of its own that access tokens are asked for; it is registered, as the preset says. */
  readonly resource?: string;
  /** It has an API that takes access tokens, too. */
  readonly callsApi?: true;
  /** What has to be set, though the library has a default for it; nothing where it works in its default. */
  readonly set?: string;
  /** The printed file as it would be in the default of the library. */
  readonly asDefault?: readonly [printed: RegExp, instead: string];
  readonly env?: Readonly<Record<string, string>>;
}

const SESSION_SECRET = 'a secret of the session cookies alone';
const AUTH_SECRET = 'the secret of Auth.js for its own cookies';

export const CONNECTIONS: readonly Connection[] = [
  { preset: 'authjs', library: 'next-auth', language: 'node', env: { AUTH_SECRET, AUTH_TRUST_HOST: 'true' } },
  { preset: 'authjs-express', library: '@auth/express', language: 'node', env: { AUTH_SECRET } },
  {
    preset: 'express',
    library: 'express-openid-connect',
    language: 'node',
    logsOut: true,
    set: 'response_type: code',
    asDefault: [/ {2}authorizationParams: .*\n/, ''],
    env: { SESSION_SECRET },
  },
  { preset: 'fastify', library: '@fastify/oauth2', language: 'node', refreshes: true },
  { preset: 'mcp', library: '@modelcontextprotocol/sdk', language: 'node', resource: '/mcp', refreshes: true },
  { preset: 'oauth4webapi', library: 'oauth4webapi', language: 'node', refreshes: true },
  { preset: 'openid-client', library: 'openid-client', language: 'node', refreshes: true, logsOut: true },
  { preset: 'passport', library: 'passport-openidconnect', language: 'node', env: { SESSION_SECRET } },
  {
    preset: 'passport-oauth2',
    library: 'passport-oauth2',
    language: 'node',
    set: 'pkce and state',
    asDefault: [/ {4}(?:pkce|state): true,\n/g, ''],
    env: { SESSION_SECRET },
  },
  { preset: 'spa', library: 'oidc-client-ts', language: 'node', refreshes: true, logsOut: true },
  {
    preset: 'django',
    library: 'mozilla-django-oidc',
    language: 'python',
    set: 'OIDC_RP_SIGN_ALGO, OIDC_USE_PKCE',
    asDefault: [/OIDC_(?:RP_SIGN_ALGO|USE_PKCE) = .*\n/g, ''],
    env: { SESSION_SECRET },
  },
  {
    preset: 'django-allauth',
    library: 'django-allauth',
    language: 'python',
    set: 'OAUTH_PKCE_ENABLED',
    asDefault: [/ *'OAUTH_PKCE_ENABLED': True,\n/, ''],
    env: { SESSION_SECRET },
  },
  {
    preset: 'django-social-auth',
    library: 'social-auth-core',
    language: 'python',
    set: 'SOCIAL_AUTH_OIDC_USE_PKCE',
    asDefault: [/SOCIAL_AUTH_OIDC_USE_PKCE = True\n/, ''],
    env: { SESSION_SECRET },
  },
  { preset: 'fastapi', library: 'PyJWT', language: 'python', callsApi: true, env: { SESSION_SECRET } },
  {
    preset: 'flask',
    library: 'Authlib',
    language: 'python',
    set: 'code_challenge_method',
    asDefault: [/, 'code_challenge_method': 'S256'/, ''],
    env: { SESSION_SECRET },
  },
  { preset: 'go', library: 'github.com/coreos/go-oidc/v3', language: 'go', refreshes: true },
  {
    preset: 'oauth2-proxy',
    library: 'github.com/oauth2-proxy/oauth2-proxy/v7',
    language: 'go',
    set: 'code_challenge_method',
    asDefault: [/code_challenge_method = .*\n/, ''],
  },
];
