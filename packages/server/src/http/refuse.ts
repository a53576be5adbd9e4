import type { ErrorCode } from '@authly/admin-api';
import type { ErrorResponse } from '@authly/oauth';
import { AuthorizationError } from '../protocol/authorize/authorization-error.js';
import { errorResponse } from '../protocol/authorize/respond.js';
import { OAuthError } from '../protocol/error.js';
import { OverloadedError } from '../ports/password-hasher.js';
import { DatabaseUnavailableError } from '../ports/store/unavailable.js';
import { type Answer, html, json } from './answer.js';
import { pagePolicy } from './headers.js';
import type { Incoming } from './incoming.js';
import { type ErrorKind, errorPage } from './pages/error/view.js';
import { PageError } from './pages/flow.js';
import { sendResponse } from './pages/form-post/send.js';
import { renderPage } from './pages/render.js';
import type { RefusalStyle } from './route.js';
import type { Web } from './web.js';

/** What went wrong, as the outside may know it. */
interface Refusal {
  readonly status: number;
  readonly code: ErrorResponse['error'];
  readonly description: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of OAuth's JSON. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** What programs of the other APIs may branch on. */
  readonly errorCode?: ErrorCode;
  /** Ours: logged with its cause; nothing of it is told. */
  readonly fault: boolean;
}

/** Turns whatever was thrown into the one answer for it. */
// @check 130, 269
export function refuse(
  error: unknown,
  style: RefusalStyle,
  request: Incoming | undefined,
  web: Web,
): { readonly answer: Answer; readonly fault: boolean } {
  if (error instanceof AuthorizationError)
    return { answer: sendResponse(errorResponse(error, web.context), web), fault: false };
  if (error instanceof PageError) return { answer: pageRefusal(error, request, web), fault: false };
  const refusal = readRefusal(error);
  return { answer: write(refusal, style, request, web), fault: refusal.fault };
}

function pageRefusal({ kind, status }: PageError, request: Incoming | undefined, web: Web): Answer {
  const view = errorPage({ kind, requestId: request?.origin.requestId }, web.shell);
  return html(renderPage(view), { status, headers: pagePolicy() });
}

function readRefusal(error: unknown): Refusal {
  if (error instanceof OAuthError)
    return {
      status: error.status,
      code: error.code,
      description: error.description,
      headers: error.headers,
      members: error.members,
      fault: false,
    };
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
      headers: afterwards(status),
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

/** What follows a body that was not read to its end is no request. */
function afterwards(status: number): Readonly<Record<string, string>> {
  return status === 413 ? { Connection: 'close' } : {};
}

function wordsFor(status: number): string {
  if (status === 413) return 'The request body is too large.';
  if (status === 414 || status === 431) return 'The request is too long.';
  if (status === 415) return 'This content type is not accepted here.';
  if (status === 408) return 'The request took too long to arrive.';
  return 'The request cannot be read.';
}

function write(refusal: Refusal, style: RefusalStyle, request: Incoming | undefined, web: Web): Answer {
  const { status, headers } = refusal;
  const requestId = request?.origin.requestId;
  if (style === 'oauth') {
    // Without credentials the answer says how to send some, and nothing more. @spec RFC 6750 §3.1
    const silent = headers['WWW-Authenticate'] === 'Bearer';
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
        status !== 429 && { developer: { error: refusal.code, description: refusal.description } }),
      ...(headers['Retry-After'] !== undefined && { retryAfterSeconds: Number(headers['Retry-After']) }),
    },
    web.shell,
  );
  return html(renderPage(view), { status, headers: { ...headers, ...pagePolicy() } });
}

/** The error shape of the APIs that are not OAuth's: `detail` for scripts, the rest after RFC 9457. */
export function problem(
  refusal: { readonly status: number; readonly description: string; readonly errorCode?: string },
  requestId: string | undefined,
): Record<string, unknown> {
  return {
    detail: refusal.description,
    type: 'about:blank',
    title: TITLES[refusal.status] ?? 'Error',
    status: refusal.status,
    ...(refusal.errorCode !== undefined && { error_code: refusal.errorCode }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function kindOf(refusal: Refusal): ErrorKind {
  if (refusal.status === 404) return 'not_found';
  if (refusal.status === 403) return 'forbidden';
  if (refusal.status === 429) return 'too_many_requests';
  if (refusal.status === 503) return 'unavailable';
  return refusal.status >= 500 ? 'server_error' : 'bad_request';
}
