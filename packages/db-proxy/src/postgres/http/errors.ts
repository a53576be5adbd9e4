import { hintOfDenial } from '../roles/open-columns.js';
import { HttpRefusal } from '../../http/refusal.js';

/** What PostgreSQL, or the guard in its place, says of a fault. */
export interface SqlFault {
  readonly code?: string | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly detail?: string | undefined;
  readonly position?: string | undefined;
}

/** First those with five characters, then their classes. */
const STATUS: Readonly<Record<string, number>> = {
  '25006': 403,
  '28000': 403,
  '28P01': 401,
  '42501': 403,
  '53300': 429,
  '54000': 413,
  '57014': 408,
  '57P01': 503,
  '57P02': 503,
  '57P03': 503,
  '08': 503,
  '23': 409,
  '40': 409,
  '53': 503,
  '57': 503,
  '58': 500,
  XX: 500,
};

/** The answer to a statement that failed. A fault of the caller's is 400 unless the table says more. */
export function refusalOf(fault: SqlFault): HttpRefusal {
  const { code, message, hint, detail, position } = fault;
  // Without a code it is the connection that failed.
  const status =
    code === undefined || !/^[0-9A-Z]{5}$/.test(code) ? 503 : (STATUS[code] ?? STATUS[code.slice(0, 2)] ?? 400);
  const text = status === 503 && code === undefined ? 'the connection to the database was lost' : message;
  return new HttpRefusal(status, status === 500 ? `Database error: ${text}` : text, {
    details: {
      code,
      hint: hint ?? hintOfDenial(message),
      detail,
      position: position === undefined ? undefined : Number(position),
    },
    headers: HEADERS[status] ?? {},
  });
}

const HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer error="invalid_token"' },
  429: { 'retry-after': '1' },
  503: { 'retry-after': '1' },
};

/** A login that was refused: of a token without the scopes the protocol says so by name. @spec RFC 6750 §3.1 */
export function refusalOfLogin(fault: SqlFault): HttpRefusal {
  if (fault.code !== '28000') return refusalOf(fault);
  return new HttpRefusal(403, fault.message, {
    details: { code: fault.code },
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="database:read"' },
  });
}
