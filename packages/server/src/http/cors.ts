import type { Settings } from '../config/settings.js';

/**
 * The CORS headers of an answer. Cookies are never allowed with them, and an opaque origin is never answered.
 * @spec OAuth 2.1 §3.2 (browser-based clients), Fetch §3.2
 */
// @check 23, 24, 213, 230
export function corsHeaders(
  origin: string | undefined,
  settings: Pick<Settings, 'cors.origins'>,
): Readonly<Record<string, string>> {
  if (origin === undefined || origin === 'null') return {};
  const allowed = settings['cors.origins'];
  const anyone = allowed.includes('*');
  if (!anyone && !allowed.includes(origin)) return {};
  return {
    'Access-Control-Allow-Origin': anyone ? '*' : origin,
    'Access-Control-Expose-Headers': 'WWW-Authenticate, Retry-After, X-Request-Id',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    ...(anyone ? {} : { Vary: 'Origin' }),
  };
}

/** The answer to a preflight request. */
export function preflightHeaders(methods: readonly string[]): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, DPoP, X-Request-Id',
    'Access-Control-Max-Age': '7200',
  };
}
