import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './refusal.js';

/** No statement, command or list of parameters needs more. */
const LONGEST_BODY = 1024 * 1024;

/** The token of `Authorization: Bearer`. @spec RFC 6750 §2.1 */
export function readToken(request: IncomingMessage): string {
  const token = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined) return token;
  throw new HttpRefusal(401, 'Send an access token: Authorization: Bearer <token>', {
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** The members of a JSON object. A form that a page of another site can post is none. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new HttpRefusal(415, 'The body must be JSON: send Content-Type: application/json');
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_BODY)
      throw new HttpRefusal(413, `The body is longer than ${LONGEST_BODY} bytes`, { headers: { connection: 'close' } });
    parts.push(part);
  }
  const body = parse(Buffer.concat(parts));
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpRefusal(400, 'The body must be one JSON object');
  return body as Readonly<Record<string, unknown>>;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new HttpRefusal(400, 'The body is not JSON in UTF-8');
  }
}
