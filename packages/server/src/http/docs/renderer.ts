/** The script that draws the page of the API. */
import { gunzipSync } from 'node:zlib';
import type { Answer } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { takesGzip } from '../pages/assets.js';
import type { Route } from '../route.js';
import type { Web } from '../web.js';

const PATH = '/assets/api-reference.js';

/** Its query changes with its content, so that it may be kept for ever. */
export async function rendererAddress({ base, runtime }: Web): Promise<string> {
  return `${base}${PATH}?v=${(await runtime.apiReference()).version}`;
}

export const rendererRoute: Route = { method: 'GET', path: PATH, handle: answerRenderer, refusals: 'page' };

async function answerRenderer(request: Incoming, { runtime }: Web): Promise<Answer> {
  const { gzip } = await runtime.apiReference();
  const isCompressed = takesGzip(request.header('accept-encoding') ?? '');
  return {
    status: 200,
    headers: { ...SCRIPT_HEADERS, ...(isCompressed && { 'Content-Encoding': 'gzip' }) },
    body: isCompressed ? gzip : gunzipSync(gzip),
  };
}

/** The page that loads it is of no origin, so to the browser it comes from elsewhere. */
export const SCRIPT_HEADERS = {
  'Content-Type': 'text/javascript; charset=utf-8',
  'Cache-Control': 'public, max-age=31536000, immutable',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  Vary: 'Accept-Encoding',
} as const;
