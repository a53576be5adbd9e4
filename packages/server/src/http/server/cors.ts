import type { Settings } from '../../config/settings.js';

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
    'Access-Control-Expose-Headers': 'DPoP-Nonce, WWW-Authenticate, Retry-After, X-Request-Id',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    ...(anyone ? {} : { Vary: 'Origin' }),
  };
}

/**
 * The answer to a preflight request. Whatever headers it names are allowed: clients send some of their own with every call, and what is
 * not known here is ignored. Cookies are no header that a preflight names.
 */
export function preflightHeaders(
  methods: readonly string[],
  asked: string | undefined,
): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': asked !== undefined && areHeaderNames(asked) ? asked : USUAL_HEADERS,
    'Access-Control-Max-Age': '7200',
    Vary: 'Origin, Access-Control-Request-Headers',
  };
}

const USUAL_HEADERS = 'Authorization, Content-Type, DPoP, X-Request-Id';
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function areHeaderNames(list: string): boolean {
  return list.length <= 2000 && list.split(',').every((name) => HEADER_NAME.test(name.trim()));
}
