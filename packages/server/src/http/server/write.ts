import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from '../answer.js';

type Headers = Answer['headers'];
/** Names and values in turns, as `writeHead` takes them. */
type HeaderList = (string | string[])[];

export interface WriteOptions {
  /** Headers of the route; what the answer says of its own counts more. */
  readonly extra: Headers;
  readonly requestId: string;
  /** No further request is taken on this connection. */
  readonly isLast: boolean;
}

/** Makes the function that writes an answer out. It resolves when nothing more will be written. */
// @check 274
export function answerWriter(
  common: Headers,
): (response: ServerResponse, answer: Answer, options: WriteOptions) => Promise<void> {
  const everywhere = Object.entries(common).map(([name, value]) => [name, ownValue(value)] as const);

  return async (response, answer, { extra, requestId, isLast }) => {
    const { status, body, headers } = answer;
    const list: HeaderList = [];
    for (const [name, value] of everywhere) if (!(name in headers) && !(name in extra)) list.push(name, value);
    for (const name in extra) if (!(name in headers)) push(list, name, extra[name]);
    for (const name in headers) push(list, name, headers[name]);
    list.push('X-Request-Id', requestId, 'X-Correlation-ID', requestId);
    if (isLast && !('Connection' in headers)) list.push('Connection', 'close');
    if (!(body instanceof Readable)) {
      if (status !== 204 && status !== 304) list.push('Content-Length', String(Buffer.byteLength(body)));
      // To HEAD node writes the head alone.
      response.writeHead(status, list).end(body);
      return;
    }
    response.writeHead(status, list);
    if (response.req.method === 'HEAD') {
      body.destroy();
      response.end();
      return;
    }
    await pipeline(body, response);
  };
}

/** An empty value means that there shall be no such header. */
function push(list: HeaderList, name: string, value: Headers[string] | undefined): void {
  if (value !== undefined && value !== '') list.push(name, ownValue(value));
}

/** Node wants lists that it might change. */
function ownValue(value: Headers[string]): string | string[] {
  return typeof value === 'string' ? value : [...value];
}
