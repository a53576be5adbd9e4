import { isUtf8 } from 'node:buffer';
import { type Parameters, readParameters } from '@authly/oauth';
import { parse as parseCookies } from 'cookie';
import type { FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../model/audit-event.js';
import { OAuthError } from '../protocol/error.js';
import { formPairs } from './form.js';

/** A request as handlers see it: read, bounded, not yet believed. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The request body as text; empty where there is none. */
  readonly body: string;
  readonly contentType: string;
  readonly origin: RequestOrigin & { readonly requestId: string };
  /** The values of path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The address of the connection itself, whatever headers say. */
  readonly socketAddress: string | undefined;
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
}

/** Reads a request. Throws when the body is not UTF-8. */
export function incoming(request: FastifyRequest, body?: Buffer): Incoming {
  const url = request.raw.url ?? '/';
  const mark = url.indexOf('?');
  const single = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  let cookies: Readonly<Record<string, string | undefined>> | undefined;
  return {
    method: request.method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    body: body === undefined ? '' : bodyText(body),
    contentType: (single('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    origin: { ip: request.ip, userAgent: single('user-agent'), requestId: request.id },
    params: (request.params ?? {}) as Record<string, string>,
    socketAddress: request.socket.remoteAddress,
    header: single,
    cookie(name) {
      cookies ??= parseCookies(single('cookie') ?? '');
      return cookies[name];
    },
  };
}

/** The parameters of the query string. */
export function queryParameters(request: Incoming, known: ReadonlySet<string>): Parameters {
  return readParameters(formPairs(request.query), known);
}

/** The parameters of a form body; anything but a form is refused. @spec OAuth 2.1 §3.2 */
export function formParameters(request: Incoming, known: ReadonlySet<string>): Parameters {
  if (request.body !== '' && request.contentType !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.');
  }
  return readParameters(formPairs(request.body), known);
}

/** A JSON object in the body. */
export function jsonBody(request: Incoming): Record<string, unknown> {
  if (request.contentType !== 'application/json')
    throw new OAuthError('invalid_request', 'Send the body as application/json.');
  const value = parseJson(request.body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OAuthError('invalid_request', 'The body must be a JSON object.');
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OAuthError('invalid_request', 'The body is not valid JSON.');
  }
}

function bodyText(body: Buffer): string {
  if (!isUtf8(body)) throw new OAuthError('invalid_request', 'The body is not valid UTF-8.');
  return body.toString();
}
