/** Login with a user name and a password typed into this program, with a second factor where the server asks for one. */
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  genericTokenEndpointRequest,
  processGenericTokenEndpointResponse,
} from 'oauth4webapi';
import { InvalidCredentialsError, MfaRequiredError } from '../../errors/credential-errors.js';
import { exchanged, scopeParameters, type Connection } from '../connection.js';
import { oauthErrorOf } from '../oauth-failure.js';
import { tokenSetOf, type TokenSet } from '../token-set.js';
import { asInvalidCredentials, sendChallenge } from './authorization-challenge.js';

/** Asks the person. `otp` may be left out where nobody can be asked; a second factor is then an MfaRequiredError. */
export interface PasswordPrompter {
  username(): Promise<string>;
  password(): Promise<string>;
  /** `attempt` counts from 1. */
  otp?(question: { readonly methods: readonly string[]; readonly attempt: number }): Promise<string>;
}

/** `browser`: the server wants this login to go on in a browser; `reason` is the server's, for people. */
export type PasswordLogin =
  | { readonly type: 'tokens'; readonly tokens: TokenSet }
  | { readonly type: 'browser'; readonly reason?: string };

const mostAttempts = 3;

/** How a person is asked for a code of one of these methods. */
export function codeQuestion(methods: readonly string[]): string {
  if (!methods.includes('otp')) return `Code (${methods.join(', ')})`;
  return methods.includes('recovery_code')
    ? 'Code of your authenticator app, or a recovery code'
    : 'Code of your authenticator app';
}

/**
 * Logs in with a password: at the challenge endpoint where the server has one, else by the password grant. Rejects with InvalidCredentialsError,
 * MfaRequiredError, RateLimitedError, OAuthProtocolError, or network errors.
 *
 * @spec RFC 6749 §4.3
 * @example
 * ```ts
 * const login = await loginWithPassword(connection, { username: async () => 'alice', password: askHidden });
 * ```
 */
export async function loginWithPassword(
  connection: Connection,
  prompter: PasswordPrompter,
  signal?: AbortSignal,
): Promise<PasswordLogin> {
  const username = await prompter.username();
  const password = await prompter.password();
  if (connection.server.authorization_challenge_endpoint) {
    return challengeLogin(connection, { username, password }, prompter, signal);
  }
  return { type: 'tokens', tokens: await grantLogin(connection, { username, password }, prompter, signal) };
}

/** The token endpoint cannot ask: each code goes there with name and password again. */
async function grantLogin(
  connection: Connection,
  person: { readonly username: string; readonly password: string },
  prompter: PasswordPrompter,
  signal: AbortSignal | undefined,
): Promise<TokenSet> {
  const parameters = { ...person, ...scopeParameters(connection) };
  let needsCode = false;
  for (let attempt = 0; attempt <= mostAttempts; attempt += 1) {
    const code: Record<string, string> = needsCode ? { otp: await codeOf(prompter, ['otp'], attempt) } : {};
    try {
      return await tokenRequest(connection, 'password', { ...parameters, ...code }, signal);
    } catch (error) {
      const refused = oauthErrorOf(error);
      if (refused !== 'mfa_required' && !(needsCode && refused === 'invalid_grant')) throw asInvalidCredentials(error);
      needsCode = true;
    }
  }
  throw tooManyCodes();
}

async function challengeLogin(
  connection: Connection,
  person: { readonly username: string; readonly password: string },
  prompter: PasswordPrompter,
  signal: AbortSignal | undefined,
): Promise<PasswordLogin> {
  const verifier = generateRandomCodeVerifier();
  let answer = await sendChallenge(
    connection,
    {
      ...person,
      response_type: 'code',
      ...scopeParameters(connection),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    },
    signal,
  );
  for (let attempt = 1; answer.type === 'more'; attempt += 1) {
    const otp = await codeOf(prompter, answer.methods, attempt);
    answer = await sendChallenge(connection, { auth_session: answer.session, otp }, signal);
  }
  if (answer.type === 'browser') return answer;
  const parameters = { code: answer.code, code_verifier: verifier };
  return { type: 'tokens', tokens: await tokenRequest(connection, 'authorization_code', parameters, signal) };
}

async function tokenRequest(
  connection: Connection,
  grant: string,
  parameters: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<TokenSet> {
  const { server, client, authentication } = connection;
  const answer = await exchanged(
    connection,
    () => genericTokenEndpointRequest(server, client, authentication, grant, parameters, connection.request(signal)),
    (response) => processGenericTokenEndpointResponse(server, client, response),
  );
  return tokenSetOf(connection, answer);
}

async function codeOf(prompter: PasswordPrompter, methods: readonly string[], attempt: number): Promise<string> {
  if (!prompter.otp) throw mfaRequired(methods);
  if (attempt > mostAttempts) throw tooManyCodes();
  return (await prompter.otp({ methods, attempt })).replaceAll(/\s/g, '');
}

function mfaRequired(methods: readonly string[]): MfaRequiredError {
  return new MfaRequiredError({
    message: 'A second factor is needed.',
    reason: `The server asks for one (${methods.join(', ')}), and nobody can be asked for it here.`,
    hint: 'Log in at a terminal or with a browser, or use an API key or client credentials.',
    methods,
  });
}

function tooManyCodes(): InvalidCredentialsError {
  return new InvalidCredentialsError({
    message: 'The code was refused.',
    reason: `It was refused ${mostAttempts} times.`,
    hint: 'Wait for a new code and start again.',
  });
}
