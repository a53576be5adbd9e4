import type { Route } from '../route.js';
import type { Shell } from './shell.js';

/** The files that pages refer to. Their names change with their content, so they may be kept for ever. */
export function assetRoutes(shell: Shell): readonly Route[] {
  return shell.assets.map((asset) => ({
    method: 'GET',
    path: asset.path,
    refusals: 'page',
    handle: () => ({
      status: 200,
      headers: { 'Content-Type': asset.contentType, 'Cache-Control': 'public, max-age=31536000, immutable' },
      body: asset.body,
    }),
  }));
}
