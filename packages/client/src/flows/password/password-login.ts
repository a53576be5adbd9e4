/** Login with a user name and a password typed into this program, with a second factor where the server asks for one. */
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  genericTokenEndpointRequest,
  processGenericTokenEndpointResponse,
} from 'oauth4webapi';
import { InvalidCredentialsError, MfaRequiredError } from '../../errors/credential-errors.js';
import { exchanged, scopeParameters } from '../connection.js';
import type { Connection } from '../connection.js';
import { oauthErrorOf } from '../oauth-failure.js';
import { tokenSetOf } from '../token-set.js';
import type { TokenSet } from '../token-set.js';
import { asInvalidCredentials, sendChallenge } from './authorization-challenge.js';

/** Asks the person. `otp` may be left out where nobody can be asked; a second factor is then an MfaRequiredError. */
export interface PasswordPrompter {
  username(): Promise<string>;
  password(): Promise<string>;
  /** `attempt` counts from 1. */
  otp?(question: { readonly methods: readonly string[]; readonly attempt: number }): Promise<string>;
}

/** `browser`: the server wants this login to go on in a browser. */
export type PasswordLogin = { readonly type: 'tokens'; readonly tokens: TokenSet } | { readonly type: 'browser' };

const mostAttempts = 3;

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
  try {
    const parameters = { username, password, ...scopeParameters(connection) };
    return { type: 'tokens', tokens: await tokenRequest(connection, 'password', parameters, signal) };
  } catch (error) {
    if (oauthErrorOf(error) === 'mfa_required') throw mfaRequired(['otp']);
    throw asInvalidCredentials(error);
  }
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
      ...scopeParameters(connection),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    },
    signal,
  );
  for (let attempt = 1; answer.type === 'more'; attempt += 1) {
    if (!prompter.otp) throw mfaRequired(answer.methods);
    if (attempt > mostAttempts) throw tooManyCodes();
    const otp = await prompter.otp({ methods: answer.methods, attempt });
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

function mfaRequired(methods: readonly string[]): MfaRequiredError {
  return new MfaRequiredError({
    message: 'A second factor is needed.',
    reason: `The server asks for one (${methods.join(', ')}), and it cannot be asked for here.`,
    hint: 'Log in with a browser, or give the code on standard input.',
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
