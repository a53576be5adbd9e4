import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '@authly/admin-api';
import type { ErrorResponse } from '@authly/oauth';
import { AdminRefusal } from '../admin/refusal.js';
import { AuthorizationError } from '../protocol/authorize/authorization-error.js';
import { errorResponse } from '../protocol/authorize/respond.js';
import { OAuthError } from '../protocol/error.js';
import { OverloadedError } from '../ports/crypto/password-hasher.js';
import { DatabaseUnavailableError } from '../ports/store/unavailable.js';
import { type Answer, json, seeOther } from './answer.js';
import type { Origin } from './incoming.js';
import { type ErrorKind, errorPage } from './pages/error/view.js';
import { FlowEndedError, PageError } from './pages/flow.js';
import { sendResponse } from './pages/form-post/send.js';
import { pageAnswer } from './pages/page-answer.js';
import type { RefusalStyle } from './route.js';
import type { Web } from './web.js';

/** What went wrong, as the outside may know it, whoever refused: from it every style of answer is written. */
interface Refusal {
  readonly status: number;
  /** For OAuth's JSON and for pages. */
  readonly code: ErrorResponse['error'];
  /** For the JSON of the other APIs: what a program may branch on. */
  readonly errorCode?: ErrorCode;
  readonly description: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the page of whoever wrote the application. */
  readonly redirect?: OAuthError['redirect'];
  /** Further members of OAuth's JSON. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Further members of the JSON of the other APIs. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Our own mistake: it is logged with its cause, and the caller is told nothing of it. */
  readonly fault: boolean;
}

/** Whether it is the caller's fault, not ours. */
export function isRefusal(error: unknown): error is OAuthError | AdminRefusal {
  return error instanceof OAuthError || error instanceof AdminRefusal;
}

/** Turns whatever was thrown into the one answer for it. */
// @check 130, 269
export function refuse(
  error: unknown,
  style: RefusalStyle,
  origin: Origin | undefined,
  web: Web,
): { readonly answer: Answer; readonly fault: boolean } {
  if (error instanceof AuthorizationError)
    return { answer: sendResponse(errorResponse(error, web.context), web), fault: false };
  if (error instanceof FlowEndedError) return { answer: seeOther(error.location), fault: false };
  if (error instanceof PageError) return { answer: pageRefusal(error, origin, web), fault: false };
  const refusal = readRefusal(error);
  return { answer: write(refusal, style, origin, web), fault: refusal.fault };
}

function pageRefusal({ kind, status }: PageError, origin: Origin | undefined, web: Web): Answer {
  const view = errorPage({ kind, requestId: origin?.requestId }, web.shell);
  return pageAnswer(view, { status }, web);
}

function readRefusal(error: unknown): Refusal {
  if (error instanceof OAuthError)
    return {
      status: error.status,
      code: error.code,
      description: error.description,
      errorCode: errorCodeOf(error.status),
      headers: error.headers,
      members: error.members,
      redirect: error.redirect,
      fault: false,
    };
  if (error instanceof AdminRefusal) {
    const { errors, requiredScope, headers = {} } = error.details;
    return {
      status: error.status,
      code: codeOf(error.status),
      description: error.description,
      errorCode: error.code,
      headers,
      details: {
        ...(errors && { errors }),
        ...(requiredScope !== undefined && { required_scope: requiredScope }),
      },
      fault: false,
    };
  }
  if (error instanceof OverloadedError)
    return {
      ...unavailable('Too many sign-ins are waiting. Try again in a moment.', error.retryAfterSeconds),
      errorCode: 'OVERLOADED',
    };
  if (error instanceof DatabaseUnavailableError)
    return {
      ...unavailable('The database cannot be reached. Try again in a moment.', error.retryAfterSeconds),
      fault: true,
    };
  const status = statusOf(error);
  if (status !== undefined && status < 500)
    return {
      status,
      code: 'invalid_request',
      description: wordsFor(status),
      headers: connectionHeaders(status),
      fault: false,
    };
  if (status === 503) return unavailable('The server is stopping. Try again in a moment.', 1);
  return {
    status: 500,
    code: 'server_error',
    description: 'Something went wrong here. The request id helps the operator to find out what.',
    headers: {},
    errorCode: 'INTERNAL',
    fault: true,
  };
}

/** What a refusal by a rule of the protocol is called in the other APIs. */
function errorCodeOf(status: number): ErrorCode {
  if (status === 401) return 'NOT_AUTHENTICATED';
  if (status === 403) return 'INSUFFICIENT_SCOPE';
  if (status === 429) return 'RATE_LIMITED';
  return status === 404 ? 'NOT_FOUND' : 'INVALID_REQUEST';
}

/** What a refusal by a rule of administration is called in OAuth's JSON: one rule serves both kinds of endpoints. */
function codeOf(status: number): ErrorResponse['error'] {
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status === 403 ? 'access_denied' : 'invalid_request';
}

function unavailable(description: string, seconds: number): Refusal {
  return {
    status: 503,
    code: 'temporarily_unavailable',
    description,
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) },
    errorCode: 'UNAVAILABLE',
    fault: false,
  };
}

/** Errors that the HTTP library throws before a handler runs carry a status. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** The connection is closed after a body that was not read to its end: the rest of the body would be taken for a request. */
function connectionHeaders(status: number): Readonly<Record<string, string>> {
  return status === 413 ? { Connection: 'close' } : {};
}

function wordsFor(status: number): string {
  if (status === 413) return 'The request body is too large.';
  if (status === 414 || status === 431) return 'The request is too long.';
  if (status === 415) return 'This content type is not accepted here.';
  if (status === 408) return 'The request took too long to arrive.';
  return 'The request cannot be read.';
}

function write(refusal: Refusal, style: RefusalStyle, origin: Origin | undefined, web: Web): Answer {
  const { status, headers } = refusal;
  const requestId = origin?.requestId;
  if (style === 'oauth') {
    // Without credentials the answer says how to send some, and nothing more. @spec RFC 6750 §3.1
    const silent = /^Bearer(?:,|$)/.test(headers['WWW-Authenticate'] ?? '');
    return json(
      silent
        ? { detail: refusal.description }
        : { error: refusal.code, error_description: refusal.description, ...refusal.members },
      { status, headers },
    );
  }
  if (style === 'api') return json(problem(refusal, requestId), { status, headers });
  const view = errorPage(
    {
      kind: kindOf(refusal),
      requestId,
      ...(!refusal.fault &&
        status < 500 &&
        status !== 404 &&
        status !== 403 &&
        status !== 429 && {
          developer: {
            error: refusal.code,
            description: refusal.description,
            ...(refusal.redirect && {
              received: refusal.redirect.sent.slice(0, 300),
              registered: refusal.redirect.nearest?.registered,
              differences: refusal.redirect.nearest?.differences,
            }),
          },
        }),
      ...(headers['Retry-After'] !== undefined && { retryAfterSeconds: Number(headers['Retry-After']) }),
    },
    web.shell,
  );
  return pageAnswer(view, { status, headers }, web);
}

/** The error shape of the APIs that are not OAuth's: `detail` for scripts, the rest after RFC 9457. */
function problem(refusal: Refusal, requestId: string | undefined): Record<string, unknown> {
  return {
    detail: refusal.description,
    type: 'about:blank',
    title: STATUS_CODES[refusal.status] ?? 'Error',
    status: refusal.status,
    ...(refusal.errorCode !== undefined && { error_code: refusal.errorCode }),
    ...(requestId !== undefined && { request_id: requestId }),
    ...refusal.details,
  };
}

function kindOf(refusal: Refusal): ErrorKind {
  if (refusal.status === 404) return 'not_found';
  if (refusal.status === 403) return 'forbidden';
  if (refusal.status === 429) return 'too_many_requests';
  if (refusal.status === 503) return 'unavailable';
  return refusal.status >= 500 ? 'server_error' : 'bad_request';
}
