/** The logos of applications, fetched once and served from here: no browser of a person asks elsewhere for them. */
import type { Client } from '../../model/client.js';
import type { Answer } from '../answer.js';
import type { Incoming } from '../incoming.js';
import type { Route } from '../route.js';
import type { Web } from '../web.js';
import { SVG_POLICY } from './assets.js';
import { PageError } from './flow.js';

/** The address of a client's logo on this server; `undefined` for one that has none, or none yet. */
export function appLogo({ logoVersion }: Pick<Client, 'logoVersion'>, { base }: Pick<Web, 'base'>): string | undefined {
  return logoVersion === undefined ? undefined : `${base}/assets/app-logos/${logoVersion}`;
}

export const appLogoRoute: Route = {
  method: 'GET',
  path: '/assets/app-logos/:version',
  handle: answerLogo,
  refusals: 'page',
};

async function answerLogo(request: Incoming, { context }: Web): Promise<Answer> {
  const version = request.params['version'] ?? '';
  const logo = /^[0-9a-f]{32}$/.test(version) ? await context.store.clientLogos.find(version) : undefined;
  if (logo === undefined) throw new PageError('not_found', 404);
  return {
    status: 200,
    headers: {
      'Content-Type': logo.contentType,
      'Cache-Control': 'public, max-age=31536000, immutable',
      // Opened by itself, an image runs nothing and fetches nothing, whatever else it is.
      'Content-Security-Policy': SVG_POLICY,
    },
    body: logo.body,
  };
}
