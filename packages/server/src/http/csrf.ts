import type { Context } from '../ports/context.js';
import type { Incoming } from './incoming.js';

/** The token that a form carries: only the page shown to this browser, for this purpose, can know it. */
export function csrfToken(browser: string, purpose: string, context: Pick<Context, 'hashing'>): string {
  return context.hashing.mac(CSRF, `${browser}\n${purpose}`);
}

/** Tells whether a post comes from our own page in this browser. */
// @check 82
export function isOwnPost(
  request: Incoming,
  proof: { readonly browser: string | undefined; readonly purpose: string; readonly token: string | undefined },
  context: Pick<Context, 'hashing' | 'settings'>,
): boolean {
  if (!fromOwnSite(request, context)) return false;
  if (proof.browser === undefined || proof.token === undefined) return false;
  return context.hashing.isMac(proof.token, CSRF, `${proof.browser}\n${proof.purpose}`);
}

const CSRF = 'csrf';

/** What the browser itself says about where the post comes from. @spec Fetch Metadata; RFC 6454 §7 */
function fromOwnSite(request: Incoming, context: Pick<Context, 'settings'>): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.header('origin');
  return origin === undefined || origin === new URL(context.settings.issuer).origin;
}
