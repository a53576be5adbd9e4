import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { OAuthError } from '../../protocol/error.js';

/** Bytes; a route may ask for another limit. */
export const BODY_LIMIT = 65_536;

/** What was sent is longer than the route reads. The rest of it is still on its way, so the connection must be closed. */
export class BodyTooLargeError extends Error {
  readonly statusCode = 413;
}

/** The body of a request as text. */
// @check 268
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return '';
  if (Number(length) > limit) throw new BodyTooLargeError();
  const body = await readBytes(request, limit);
  if (!isUtf8(body)) throw new OAuthError('invalid_request', 'The body is not valid UTF-8.');
  return body.toString();
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      chunks.push(chunk);
      if (received <= limit) return;
      request.pause();
      request.removeAllListeners('data');
      reject(new BodyTooLargeError());
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    // Whoever sent it is gone and gets no answer.
    request.on('error', () => reject(Object.assign(new Error('the body ended too early'), { statusCode: 400 })));
  });
}
