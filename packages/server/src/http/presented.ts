import type { Settings } from '../config/settings.js';
import type { Presented } from '../protocol/presented.js';
import type { Incoming } from './incoming.js';

/** What a request says about who sent it, and for which address a proof in it must be made. */
// @check 186, 264
export function presentedBy(
  request: Incoming,
  { settings }: { readonly settings: Pick<Settings, 'issuer'> },
): Presented {
  const jwt = request.header('dpop');
  return {
    authorization: request.header('authorization'),
    origin: request.origin,
    proof:
      jwt === undefined
        ? undefined
        : { jwt, method: request.method, url: publicAddress(request.path, settings.issuer) },
  };
}

/** As clients know it, whether a proxy has cut off the path of the issuer or not, and whatever the Host header says. */
function publicAddress(path: string, issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  const base = pathname.replace(/\/$/, '');
  return path === base || path.startsWith(`${base}/`) ? `${origin}${path}` : `${origin}${base}${path}`;
}
