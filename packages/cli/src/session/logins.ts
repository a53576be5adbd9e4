import { Secret } from '@authly/client';
import type { CLIAuthenticator } from '@authly/client/cli';
import { explainAuthError, isAuthError } from '../errors/auth-error.js';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import { takesPasswords } from './password-support.js';
import type { Place } from './place.js';
import type { LoginMethod, LoginRequest, LogoutResult, PendingLogin, SessionState, ShownTokens } from './session.js';
import { sessionState } from './session-state.js';

/** Logging in and out of the configured server. */

type LoginOptions = NonNullable<Parameters<CLIAuthenticator['login']>[0]>;

const METHODS: Readonly<Record<LoginMethod, NonNullable<LoginOptions['method']>>> = {
  password: 'password',
  auto: 'auto',
  browser: 'authorization_code',
  device: 'device_code',
  'client-credentials': 'client_credentials',
  'api-key': 'api_key',
};

/** Logs in; a login that is there already is replaced, and its tokens are revoked. */
export async function logIn(place: Place, request: LoginRequest): Promise<SessionState> {
  const method = await methodFor(place, request);
  const { username, password, otp } = request;
  const login = place.authenticator.login({
    profileName: place.profile,
    apiUrl: place.config.values.apiUrl,
    method: METHODS[method],
    scopes: scopesFor(method, request.scopes),
    force: true,
    noBrowser: request.noBrowser,
    callbackPort: request.callbackPort,
    timeoutMs: request.waitSeconds === undefined ? undefined : request.waitSeconds * 1000,
    ...(method === 'password' ? { prompt: { username, password, ...(otp && { otp }) } } : {}),
    ...(request.apiKey === undefined ? {} : { apiKey: Secret.from(request.apiKey) }),
  });
  await login.catch((error: unknown) => {
    throw withWaysOut(notAuthly(error, place));
  });
  return readLoginState(place);
}

async function methodFor(place: Place, { method }: LoginRequest): Promise<LoginMethod> {
  if (method !== undefined && method !== 'password') return method;
  if (await takesPasswords(place)) return 'password';
  if (method === undefined && place.terminal.interactive) {
    place.terminal.tell('This server takes no passwords from programs; the login goes on in the browser.');
    return 'auto';
  }
  throw new CliError({
    message: 'This server takes no passwords from programs',
    reason: `The challenge endpoint and the password grant are switched off at ${place.config.values.apiUrl}.`,
    hint: 'Log in with: authly admin auth login --method auto, or set AUTHLY_API_KEY. To allow passwords, set AUTHLY_CHALLENGE_ENDPOINT_ENABLED=true on the server.',
    code: 'unsupported_grant_type',
    exitCode: EXIT.authentication,
  });
}

/** A server that says nothing to command-line tools is another program, or too old for this one. */
function notAuthly(error: unknown, { config }: Place): unknown {
  if (!isAuthError(error) || error.code !== 'missing_client_id') return error;
  return new CliError({
    message: "This is not an Authly server, or not one of this command's version",
    reason: `${config.values.apiUrl} does not say how command-line tools log in.`,
    hint: 'Check the address with: authly admin auth info. This command says its version with: authly --version',
    code: 'unexpected_answer',
    exitCode: EXIT.general,
    cause: error,
  });
}

/** A password that is not enough, where nobody can be asked: what helps in a script. */
function withWaysOut(error: unknown): unknown {
  if (isAuthError(error) && error.code === 'invalid_credentials') return withHint(error);
  if (!isAuthError(error) || error.code !== 'mfa_required') return error;
  const methods: unknown = Reflect.get(error, 'methods');
  const byBrowser = Array.isArray(methods) && methods.includes('browser');
  const first = byBrowser
    ? 'Log in with: authly admin auth login --method auto'
    : 'Add --otp-stdin and give the code on standard input, on the line after the password';
  return new CliError({
    message: error.message.replace(/\.$/, ''),
    reason: error.reason,
    hint: `${first}, or set AUTHLY_TOKEN or AUTHLY_API_KEY, or let somebody finish it elsewhere: authly admin auth login --no-wait`,
    code: error.code,
    exitCode: EXIT.authentication,
    requestId: error.requestId,
    cause: error,
  });
}

function withHint(error: Parameters<typeof explainAuthError>[0]): CliError {
  const { message, reason, code, exitCode, requestId } = explainAuthError(error);
  const hint = 'Try again, or log in with a browser: authly admin auth login --method browser';
  return new CliError({ message, reason, hint, code, exitCode, requestId, cause: error });
}

/** Starts a login that another process finishes. */
export async function startLogin(place: Place, { scopes }: Pick<LoginRequest, 'scopes'>): Promise<PendingLogin> {
  const { id, userCode, verificationUri, verificationUriComplete, expiresAt } = await place.authenticator.startLogin({
    profileName: place.profile,
    apiUrl: place.config.values.apiUrl,
    scopes: personalScopes(scopes),
  });
  return { id, userCode, verificationUri, verificationUriComplete, expiresAt };
}

/** The tokens in clear, for somebody who asked to see them. */
export async function reveal({ authenticator, store, profile }: Place): Promise<ShownTokens> {
  const client = await authenticator.getActiveClient({ profileName: profile });
  const accessToken = await client.getAccessToken();
  const sessions = (await store.list()).filter((record) => record.kind === 'session' && record.profile === profile);
  const newest = sessions.sort((left, right) => right.obtainedAt - left.obtainedAt)[0];
  const record = newest && (await store.read(newest.key));
  return { accessToken, refreshToken: record?.secrets.refreshToken };
}

export async function logOut(
  place: Place,
  how: { readonly all: boolean; readonly localOnly: boolean },
): Promise<LogoutResult> {
  const { authenticator, store, profile } = place;
  const sessions = (await store.list()).filter(
    (record) => record.kind !== 'pending' && (how.all || record.profile === profile),
  );
  const { revocation, deleted, warnings } = await authenticator.logout({
    profileName: profile,
    all: how.all,
    localOnly: how.localOnly,
  });
  return { ended: deleted ? Math.max(1, sessions.length) : 0, revocation, warnings };
}

// The login just made is what its own messages are about, even where a token in the environment comes first afterwards.
async function readLoginState(place: Place): Promise<SessionState> {
  const state = await sessionState({ ...place, profileName: place.profile });
  const { warnings } = await sessionState(place);
  return { ...state, warnings: [...new Set([...state.warnings, ...warnings])] };
}

// Who logged in is part of a login of a person: openid lets the server say it.
function scopesFor(method: LoginMethod, scopes: readonly string[]): readonly string[] {
  return method === 'client-credentials' || method === 'api-key' ? scopes : personalScopes(scopes);
}

function personalScopes(scopes: readonly string[]): readonly string[] {
  return [...new Set([...scopes, 'openid', 'profile', 'offline_access'])];
}
