/** Turns what the OAuth library throws into the errors of this package; words from the server are cleaned before they are shown. */
import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { isAuthError, type AuthError } from '../errors/auth-error.js';
import { ConfigurationError, InvalidCredentialsError } from '../errors/credential-errors.js';
import { oneLine } from '../errors/describe-error.js';
import { AccessDeniedError, DeviceCodeExpiredError } from '../errors/login-errors.js';
import { OAuthProtocolError } from '../errors/service-errors.js';
import { requestIdOf } from './http.js';

/** Runs one step of a flow and rethrows its failure as an AuthError. */
export async function translated<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    // A refused client comes with a challenge header, and the library then leaves the body, with the reason in it, unread.
    if (error instanceof WWWAuthenticateChallengeError) throw await challengeFailure(error);
    throw oauthFailure(error);
  }
}

/** The AuthError for a failure of the OAuth library; anything unknown (an abort, a bug) comes back unchanged. */
export function oauthFailure(error: unknown): unknown {
  if (isAuthError(error)) return error;
  if (error instanceof ResponseBodyError) {
    const { error: code, error_description: text, cause: body } = error;
    return refusal({ code, text, docs: body.error_uri, requestId: requestIdOf(error.response.headers), cause: error });
  }
  if (error instanceof AuthorizationResponseError) {
    const { error: code, error_description: text, cause: answer } = error;
    return refusal({ code, text, docs: answer.get('error_uri'), cause: error });
  }
  if (error instanceof OperationProcessingError) return violation(error);
  return error;
}

/** The `error` of the server's answer behind a failure, if it was one. */
export function oauthErrorOf(error: unknown): string | undefined {
  return error instanceof OAuthProtocolError ? error.oauthError : undefined;
}

/** What a refused client means where its credentials were just given: they are wrong. */
export function asInvalidClient(error: unknown): unknown {
  if (oauthErrorOf(error) !== 'invalid_client') return error;
  return new InvalidCredentialsError({
    message: 'The server did not accept the client credentials.',
    reason: 'The client id, its secret or its key does not fit.',
    hint: 'Check them, or make a new secret.',
    requestId: isAuthError(error) ? error.requestId : undefined,
    cause: error,
  });
}

/** What a refused client means in the middle of a session: someone changed its registration. */
export function asConfigurationError(error: unknown): unknown {
  const code = oauthErrorOf(error);
  if (code !== 'invalid_client' && code !== 'unauthorized_client') return error;
  return new ConfigurationError({
    message: 'The server no longer accepts this client.',
    reason: `It answered ${code}; your session was kept.`,
    hint: 'Check the client id and how the client is registered.',
    requestId: isAuthError(error) ? error.requestId : undefined,
    cause: error,
  });
}

async function challengeFailure(challenge: WWWAuthenticateChallengeError): Promise<AuthError> {
  const body: unknown = await challenge.response.json().catch(() => undefined);
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof fields.error === 'string' ? fields.error : challenge.cause[0]?.parameters.error;
  const text = typeof fields.error_description === 'string' ? fields.error_description : undefined;
  const requestId = requestIdOf(challenge.response.headers);
  return refusal({ code: code ?? 'invalid_client', text, docs: fields.error_uri, requestId });
}

/** What a server has said, in its own words. */
interface ServerWords {
  readonly code: string;
  readonly text: string | undefined;
  /** `error_uri`: a page for people about this error. */
  readonly docs: unknown;
  readonly requestId?: string;
  readonly cause?: unknown;
}

function refusal({ code, text, docs, requestId, cause }: ServerWords): AuthError {
  const description = text === undefined ? undefined : oneLine(text).slice(0, 300);
  const page = typeof docs === 'string' && URL.canParse(docs) ? new URL(docs) : undefined;
  const docsUrl = page?.protocol === 'https:' ? page.href : undefined;
  const reason = description ?? `It answered ${oneLine(code).slice(0, 60)}.`;
  if (code === 'access_denied') {
    return new AccessDeniedError({
      message: 'Access was denied.',
      reason,
      hint: 'Start the login again if this was a mistake.',
      docsUrl,
      requestId,
      cause,
    });
  }
  if (code === 'expired_token') {
    return new DeviceCodeExpiredError({
      message: 'The code expired before it was approved.',
      reason,
      hint: 'Start the login again.',
      docsUrl,
      requestId,
      cause,
    });
  }
  return new OAuthProtocolError({
    message: 'The server refused the request.',
    reason,
    hint: hints[code] ?? 'Check the configuration of the client.',
    oauthError: code,
    description,
    docsUrl,
    requestId,
    cause,
  });
}

const hints: Readonly<Record<string, string>> = {
  invalid_scope: 'Ask for fewer scopes, or allow them for this client.',
  unsupported_grant_type: 'Choose another login method; this server does not offer this one.',
  unauthorized_client: 'Choose another login method, or allow this one for the client.',
  invalid_grant: 'Log in again.',
  invalid_client: 'Check the client id and its secret.',
};

function violation(error: OperationProcessingError): AuthError {
  const mixedUp = /issuer|"iss"/.test(error.message);
  const text = oneLine(error.message).slice(0, 200);
  return new OAuthProtocolError({
    code: mixedUp ? 'issuer_mismatch' : 'oauth_error',
    message: mixedUp
      ? 'The answer came from another server than the one that was asked.'
      : 'The answer does not follow the protocol.',
    reason: text || 'It could not be understood.',
    hint: 'Check the address of the server.',
    // No cause: the library's own error carries the whole answer, tokens included.
  });
}
