import type { IncomingMessage } from 'node:http';

/** Bytes; a route may ask for another limit. */
export const BODY_LIMIT = 65_536;

/** What was sent is longer than the route reads. The rest of it is still on its way, so the connection must be closed. */
export class BodyTooLargeError extends Error {
  readonly statusCode = 413;
}

/**
 * The body of a request as bytes; what they mean is decided where they are read. Fastify's own reader would look for a parser
 * by type, of which there is one, in a context of its own, which nothing here uses.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> | Buffer {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) return NOTHING;
  if (Number(length) > limit) throw new BodyTooLargeError();
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

const NOTHING = Buffer.alloc(0);
