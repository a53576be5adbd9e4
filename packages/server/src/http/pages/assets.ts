import { gzipSync } from 'node:zlib';
import type { Route } from '../route.js';
import type { PageAsset, Shell } from './shell.js';

/**
 * The files that pages refer to. Their names change with their content, so they may be kept for ever. They travel compressed;
 * pages do not, because the length of a compressed page tells about the secrets in it. @spec RFC 9110 §8.4 (BREACH, CVE-2013-3587)
 */
export function assetRoutes(shell: Shell): readonly Route[] {
  return shell.assets.map(assetRoute);
}

/** Of an image: opened by itself it may run nothing and fetch nothing. */
export const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

function assetRoute({ path, contentType, body }: PageAsset): Route {
  const headers = {
    'Content-Type': contentType,
    'Cache-Control': 'public, max-age=31536000, immutable',
    Vary: 'Accept-Encoding',
    // Opened by itself, an SVG image may run nothing and fetch nothing.
    ...(contentType === 'image/svg+xml' && { 'Content-Security-Policy': SVG_POLICY }),
  };
  let compressed: Buffer | undefined;
  return {
    method: 'GET',
    path,
    refusals: 'page',
    handle(request) {
      if (!takesGzip(request.header('accept-encoding') ?? '')) return { status: 200, headers, body };
      compressed ??= gzipSync(body, { level: 9 });
      return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: compressed };
    },
  };
}

/** Whether an Accept-Encoding header names gzip, and not as unwanted. @spec RFC 9110 §12.5.3 */
export function takesGzip(accepted: string): boolean {
  const codings = accepted.split(',').map((coding) => coding.split(';').map((part) => part.trim().toLowerCase()));
  const [, weight = 'q=1'] = codings.find(([name]) => name === 'gzip') ?? ['', 'q=0'];
  return Number(weight.replace('q=', '')) > 0;
}
