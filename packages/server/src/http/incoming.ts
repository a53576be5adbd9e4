import type { IncomingHttpHeaders } from 'node:http';
import { type Parameters, readParameters } from '@authly/oauth';
import { parse as parseCookies } from 'cookie';
import type { RequestOrigin } from '../model/audit-event.js';
import { OAuthError } from '../protocol/error.js';
import { formPairs } from './form.js';
import type { ClientAddress } from './server/client-address.js';

/** Where a request comes from, and its name in the log. */
export type Origin = RequestOrigin & { readonly requestId: string };

/** A request as handlers get it: read, limited in size, not yet checked. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The request body as text; empty where there is none. */
  readonly body: string;
  readonly contentType: string;
  readonly origin: Origin;
  /** The values of path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The same address as in `origin`, and whether it is this machine's. */
  readonly client: ClientAddress;
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
}

/** A request from its parts. */
export function incoming(
  parts: Omit<Incoming, 'contentType' | 'header' | 'cookie'> & { readonly headers: IncomingHttpHeaders },
): Incoming {
  const { headers, method, path, query, body, origin, params, client } = parts;
  const readSingle = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  let cookies: Readonly<Record<string, string | undefined>> | undefined;
  return {
    method,
    path,
    query,
    body,
    contentType: mediaType(headers['content-type']),
    origin,
    params,
    client,
    header: readSingle,
    cookie(name) {
      cookies ??= parseCookies(headers.cookie ?? '');
      return cookies[name];
    },
  };
}

/** Without its parameters, in small letters. */
function mediaType(header = ''): string {
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
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
  if (value === undefined) throw new OAuthError('invalid_request', 'The body is not valid JSON.');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OAuthError('invalid_request', 'The body must be a JSON object.');
  return value as Record<string, unknown>;
}

/** Answers `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, refuseHalfCharacters);
  } catch {
    return undefined;
  }
}

/** Half a surrogate pair has no UTF-8: two passwords that differ in it would be one, and a name would not be stored as it was sent. */
function refuseHalfCharacters(name: string, value: unknown): unknown {
  if (HALF_CHARACTER.test(name) || (typeof value === 'string' && HALF_CHARACTER.test(value)))
    throw new SyntaxError('half a surrogate pair');
  return value;
}

const HALF_CHARACTER = /\p{Cs}/u;
