/** One round of the first-party challenge endpoint: what the program knows goes there, a code or a next question comes back. */
import { ResponseBodyError } from 'oauth4webapi';
import { InvalidCredentialsError } from '../../errors/credential-errors.js';
import { oneLine } from '../../errors/describe-error.js';
import { OAuthProtocolError } from '../../errors/service-errors.js';
import type { Connection } from '../connection.js';
import { isSafeUrl } from '../safe-url.js';
import { oauthErrorOf, oauthFailure } from '../oauth-failure.js';

/** What the endpoint answered. */
export type ChallengeAnswer =
  | { readonly type: 'code'; readonly code: string }
  | { readonly type: 'more'; readonly session: string; readonly methods: readonly string[] }
  /** This login needs a browser after all; `reason` is the server's, for people. */
  | { readonly type: 'browser'; readonly reason?: string };

/**
 * Sends one round. Rejects with InvalidCredentialsError when the user name, password or code is refused, with OAuthProtocolError for other refusals and with
 * network errors.
 *
 * @spec draft-ietf-oauth-first-party-apps §5
 * @example
 * ```ts
 * const answer = await sendChallenge(connection, { response_type: 'code', username: 'alice' });
 * if (answer.type === 'more') console.log(answer.methods);
 * ```
 */
export async function sendChallenge(
  connection: Connection,
  parameters: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<ChallengeAnswer> {
  const endpoint = connection.server.authorization_challenge_endpoint;
  if (endpoint === undefined || !isSafeUrl(endpoint)) throw notOffered();
  const body = new URLSearchParams(parameters);
  const headers = new Headers({ accept: 'application/json' });
  await connection.authentication(connection.server, connection.client, body, headers);
  const response = await connection.fetch(signal)(endpoint, { method: 'POST', body, headers, redirect: 'manual' });
  const answer = fieldsOf(await response.json().catch(() => undefined));
  if (response.status === 200 && typeof answer.authorization_code === 'string') {
    return { type: 'code', code: answer.authorization_code };
  }
  if (answer.error === 'redirect_to_web') return { type: 'browser', reason: reasonOf(answer) };
  const asksForMore = answer.error === 'insufficient_authorization' && typeof answer.auth_session === 'string';
  if (asksForMore) return { type: 'more', session: String(answer.auth_session), methods: methodsOf(answer) };
  throw refusal(response, answer);
}

/** What a refused user name, password or code means, without saying which of them was wrong. */
export function asInvalidCredentials(error: unknown): unknown {
  const code = oauthErrorOf(error);
  if (code !== 'invalid_grant' && code !== 'invalid_credentials' && code !== 'invalid_session') return error;
  return new InvalidCredentialsError({
    message: 'The login was refused.',
    reason:
      error instanceof OAuthProtocolError && error.description
        ? error.description
        : 'The user name, the password or the code is wrong.',
    hint: 'Try again, or log in with a browser.',
    cause: error,
  });
}

function refusal(response: Response, answer: Record<string, unknown>): unknown {
  if (typeof answer.error !== 'string') {
    return new OAuthProtocolError({
      message: 'The answer does not follow the protocol.',
      reason: `The challenge endpoint answered ${response.status} without a code and without an error.`,
      hint: 'Check the address of the server.',
    });
  }
  const cause = {
    error: answer.error,
    error_description: typeof answer.error_description === 'string' ? answer.error_description : undefined,
  };
  return asInvalidCredentials(oauthFailure(new ResponseBodyError('the challenge was refused', { cause, response })));
}

/** The kinds of second factor that an answer names. */
function methodsOf(answer: Readonly<Record<string, unknown>>): readonly string[] {
  const offered = answer.mfa_methods ?? answer.methods;
  if (!Array.isArray(offered)) return ['otp'];
  return offered.filter((method) => typeof method === 'string').map((method) => oneLine(method).slice(0, 40));
}

function reasonOf(answer: Record<string, unknown>): string | undefined {
  if (typeof answer.error_description !== 'string') return undefined;
  return oneLine(answer.error_description).slice(0, 300) || undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function notOffered(): OAuthProtocolError {
  return new OAuthProtocolError({
    message: 'This server asks no challenges.',
    reason: 'Its metadata names no usable challenge endpoint.',
    hint: 'Choose another login method.',
  });
}
