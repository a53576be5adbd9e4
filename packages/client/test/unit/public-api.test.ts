import { describe, expect, expectTypeOf, it } from 'vitest';
import * as cli from '../../src/cli.js';
import * as flows from '../../src/flows.js';
import * as client from '../../src/index.js';
import * as jwt from '../../src/jwt.js';
import * as testing from '../../src/testing.js';

/** The contract of the package, written out once more: what programs pass in must be taken, what they get must be as they expect. */

type AuthMethod =
  | 'api_key'
  | 'client_credentials'
  | 'authorization_code'
  | 'device_code'
  | 'password'
  | 'external'
  | 'static_token';
type Fetch = typeof globalThis.fetch;

interface TokenRequest {
  scopes?: string[];
  resource?: string;
  minTtlSeconds?: number;
  forceRefresh?: boolean;
  signal?: AbortSignal;
}
interface AccessToken {
  readonly token: string;
  readonly type: 'Bearer' | 'DPoP';
  readonly scopes: readonly string[];
  readonly expiresAt?: Date;
  readonly refreshAfter?: Date;
  toJSON(): object;
}
interface Credential {
  readonly method: AuthMethod;
  getToken(request?: TokenRequest): Promise<AccessToken>;
}
interface ClientOptions {
  issuer: string;
  clientId: string;
  clientSecret?: client.Secret;
  privateKeyJwk?: JsonWebKey;
  assertion?: () => Promise<string>;
  scopes?: string[];
  resource?: string;
  fetch?: Fetch;
  timeoutMs?: number;
}
interface AuthClientOptions extends Partial<Omit<ClientOptions, 'privateKeyJwk' | 'assertion'>> {
  apiKey?: client.Secret;
  method?: AuthMethod | 'auto';
  credential?: client.Credential;
  store?: client.TokenStore | 'auto' | 'memory';
  allowedOrigins?: string[];
  refresh?: { advisoryRatio?: number; mandatorySeconds?: number };
  dpop?: boolean;
  interactive?: boolean | 'auto';
  logger?: client.Logger;
  clock?: client.Clock;
}
interface AuthSession {
  fetch: Fetch;
  readonly identity: { readonly subject: string; readonly username?: string } | undefined;
  readonly expiresAt?: Date;
  asAuthProvider(): {
    token(): Promise<string | undefined>;
    onUnauthorized?(context: { response: Response }): Promise<void>;
  };
  close(): Promise<void>;
}
type Revocation = 'revoked' | 'nothing' | 'failed';

interface AuthClient extends AsyncDisposable {
  getAccessToken(request?: TokenRequest): Promise<string>;
  getToken(request?: TokenRequest): Promise<AccessToken>;
  getAuthenticatedSession(options?: object): Promise<AuthSession>;
  readonly fetch: Fetch;
  getRequestHeaders(url: string | URL, request?: TokenRequest): Promise<Headers>;
  whoami(options?: { signal?: AbortSignal }): Promise<{ readonly subject: string }>;
  status(): Promise<client.AuthStatus>;
  introspect(token?: string): Promise<{ readonly active: boolean }>;
  refresh(options?: { force?: boolean; signal?: AbortSignal }): Promise<AccessToken>;
  revoke(options?: { which?: 'refresh' | 'access' | 'all' }): Promise<Revocation>;
  logout(): Promise<{ readonly revocation: Revocation }>;
  describe(): client.CredentialDescription;
  on<E extends keyof client.AuthEvents>(event: E, listener: (payload: client.AuthEvents[E]) => void): () => void;
  close(): Promise<void>;
}
interface LoginInput {
  profileName?: string;
  method?: AuthMethod | 'auto';
  scopes?: string[];
  force?: boolean;
  noBrowser?: boolean;
  callbackPort?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
}
interface Authenticator {
  configureProfile(name: string, profile: cli.ProfileInput): Promise<cli.Profile>;
  listProfiles(): Promise<cli.ProfileSummary[]>;
  getProfile(name?: string): Promise<cli.Profile>;
  switchProfile(name: string): Promise<void>;
  deleteProfile(name: string, options?: { revoke?: boolean }): Promise<void>;
  login(options?: LoginInput): Promise<cli.LoginResult>;
  startLogin(options?: LoginInput): Promise<cli.PendingLogin>;
  completeLogin(id: string, options?: { signal?: AbortSignal }): Promise<cli.LoginResult>;
  logout(options?: { profileName?: string; all?: boolean; localOnly?: boolean }): Promise<client.LogoutOutcome>;
  getActiveClient(options?: { profileName?: string; login?: 'never' | 'prompt' }): Promise<client.AuthClient>;
  status(options?: { profileName?: string; check?: boolean }): Promise<client.AuthStatus>;
}
interface AuthenticatorOptions {
  appName: string;
  envPrefix?: string;
  issuer?: string;
  clientId?: string;
  configDir?: string;
  store?: client.TokenStore;
  terminal?: cli.Terminal;
  browser?: cli.BrowserOpener;
  env?: NodeJS.ProcessEnv;
}
interface TokenStore {
  read(key: string): Promise<client.StoredRecord | undefined>;
  update(key: string, change: (current?: client.StoredRecord) => client.StoredRecord | undefined): Promise<void>;
  withLock<T>(key: string, work: () => Promise<T>, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<T>;
  list(): Promise<client.RecordMeta[]>;
  describe(): client.StoreInfo;
}

describe('the public API', () => {
  // @rule 3.12
  it('takes what the contract says and gives what the contract says', () => {
    expectTypeOf<client.AuthMethod>().toEqualTypeOf<AuthMethod>();
    expectTypeOf<TokenRequest>().toExtend<client.TokenRequest>();
    expectTypeOf<client.AccessToken>().toExtend<AccessToken>();
    expectTypeOf<client.Credential>().toExtend<Credential>();
    expectTypeOf<AuthClientOptions>().toExtend<client.AuthClientOptions>();
    expectTypeOf<{ profile?: string; configFile?: string; env?: NodeJS.ProcessEnv }>().toExtend<
      NonNullable<Parameters<typeof client.AuthClient.fromConfig>[0]>
    >();
    expectTypeOf<client.AuthClient>().toExtend<AuthClient>();
    expectTypeOf<client.AuthSession>().toExtend<AuthSession>();
    expectTypeOf<AuthenticatorOptions>().toExtend<cli.CLIAuthenticatorOptions>();
    expectTypeOf<cli.CLIAuthenticator>().toExtend<Authenticator>();
    expectTypeOf<client.TokenStore>().toExtend<TokenStore>();
    expectTypeOf<{
      kind?: 'auto' | 'keyring' | 'file' | 'memory';
      dir?: string;
      passphrase?: client.Secret;
    }>().toExtend<client.TokenStoreOptions>();
    expectTypeOf<{
      issuer: string;
      audience: string;
      algorithms?: string[];
      clockToleranceSeconds?: number;
      introspection?: 'never' | 'fallback' | 'always';
    }>().toExtend<jwt.TokenVerifierOptions>();
  });

  // @rule 3.12
  it('has every credential of the contract, with its options', () => {
    const { credentials } = client;
    type Takes<Make extends (...options: never[]) => unknown> = Parameters<Make>[0];
    expectTypeOf<{ key: client.Secret; header?: string; scheme?: string }>().toExtend<
      Takes<typeof credentials.apiKey>
    >();
    expectTypeOf<ClientOptions>().toExtend<Takes<typeof credentials.clientCredentials>>();
    expectTypeOf<ClientOptions & { onUrl: (url: string) => void }>().toExtend<
      Takes<typeof credentials.authorizationCode>
    >();
    expectTypeOf<ClientOptions & { onPrompt: (prompt: client.DevicePrompt) => void }>().toExtend<
      Takes<typeof credentials.deviceCode>
    >();
    expectTypeOf<ClientOptions & { prompt: client.PasswordPrompter }>().toExtend<Takes<typeof credentials.password>>();
    expectTypeOf<{ command: string[]; timeoutMs?: number }>().toExtend<Takes<typeof credentials.external>>();
    expectTypeOf<ReturnType<typeof credentials.chain>>().toExtend<Credential>();
    expect(Object.keys(credentials).sort()).toEqual([
      'apiKey',
      'authorizationCode',
      'chain',
      'clientCredentials',
      'deviceCode',
      'external',
      'password',
      'staticToken',
    ]);
  });

  // @rule 3.12
  it('exports what the contract names, and the static methods of the first example', () => {
    expect(Object.keys(client)).toEqual(
      expect.arrayContaining([
        'AuthClient',
        'credentials',
        'Secret',
        'createTokenStore',
        'isAuthError',
        'describeError',
      ]),
    );
    expect(Object.keys(cli)).toEqual(expect.arrayContaining(['CLIAuthenticator', 'loginThroughLoopback']));
    expect(Object.keys(jwt)).toEqual(
      expect.arrayContaining(['createTokenVerifier', 'createResourceGuard', 'decodeJwt']),
    );
    expect(Object.keys(flows)).toEqual(expect.arrayContaining(['connect', 'pollDeviceToken', 'refreshTokens']));
    expect(Object.keys(testing)).toEqual(
      expect.arrayContaining(['createFakeClock', 'createFakeTerminal', 'createMemoryStore']),
    );
    for (const name of ['configureProfile', 'login', 'getActiveClient'] as const)
      expect(cli.CLIAuthenticator[name]).toBeTypeOf('function');
  });

  // @rule 3.7
  it('has an error class for each failure of the contract', () => {
    const parts = { message: 'm' };
    const errors: readonly (readonly [client.AuthError, string, object])[] = [
      [new client.ConfigurationError(parts), 'config_invalid', {}],
      [new client.ConfigurationError({ ...parts, code: 'missing_client_id' }), 'missing_client_id', {}],
      [new client.CredentialUnavailableError(parts), 'credential_unavailable', {}],
      [new client.LoginRequiredError(parts), 'login_required', { exitCode: 2 }],
      [new client.SessionExpiredError({ ...parts, end: 'reused' }), 'session_expired', { end: 'reused', exitCode: 2 }],
      [new client.InvalidCredentialsError(parts), 'invalid_credentials', { exitCode: 2 }],
      [new client.MfaRequiredError({ ...parts, methods: ['totp'] }), 'mfa_required', { methods: ['totp'] }],
      [new client.AccessDeniedError(parts), 'access_denied', { exitCode: 3 }],
      [new client.DeviceCodeExpiredError(parts), 'device_code_expired', {}],
      [new client.LoginTimeoutError(parts), 'login_timeout', {}],
      [new client.LoginCancelledError(parts), 'login_cancelled', { exitCode: 130 }],
      [new client.NonInteractiveError({ ...parts, alternatives: ['a'] }), 'non_interactive', { alternatives: ['a'] }],
      [
        new client.InsufficientScopeError({ ...parts, missing: ['s'], command: 'c' }),
        'insufficient_scope',
        { missing: ['s'], command: 'c', exitCode: 3 },
      ],
      [new client.StepUpRequiredError({ ...parts, missing: [] }), 'insufficient_scope', { exitCode: 3 }],
      [new client.RateLimitedError({ ...parts, retryAfter: 7 }), 'rate_limited', { retryAfter: 7, exitCode: 8 }],
      [new client.NetworkError({ ...parts, failure: 'tls' }), 'network_error', { failure: 'tls', retryable: true }],
      [new client.ServerError({ ...parts, status: 503 }), 'server_error', { status: 503, retryable: true }],
      [
        new client.OAuthProtocolError({ ...parts, code: 'state_mismatch', oauthError: 'e', description: 'd' }),
        'state_mismatch',
        { oauthError: 'e', description: 'd' },
      ],
      [new client.StorageError({ ...parts, failure: 'key_lost' }), 'storage_key_lost', { failure: 'key_lost' }],
      [new client.UntrustedOriginError({ ...parts, origin: 'o' }), 'untrusted_origin', { origin: 'o' }],
      [new client.TokenValidationError({ ...parts, problem: 'expired' }), 'token_invalid', { problem: 'expired' }],
    ];
    for (const [error, code, more] of errors) {
      expect(client.isAuthError(error, error.code)).toBe(true);
      expect(error).toMatchObject({ code, ...more });
      expect(error.name).toBe(error.constructor.name);
    }
  });
});
