import type { Settings } from '../config/settings.js';

const FEATURES_OFF = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
];

/** Headers of every answer. */
// @check 78, 81, 263, 274
export function commonHeaders(settings: Pick<Settings, 'issuer'>): Readonly<Record<string, string>> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Same strength as no-referrer towards other sites; with no-referrer a browser would hide the Origin of our own forms.
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': FEATURES_OFF.map((feature) => `${feature}=()`).join(', '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ...(settings.issuer.startsWith('https:') && { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  };
}

/**
 * The policy of a page: our own style sheet, script and images; forms to ourselves and, where the answer of a form leads on to
 * a client, to that client, because browsers hold redirects to form-action too.
 */
// @check 80, 81
export function pagePolicy(
  options: { readonly formTargets?: readonly string[]; readonly images?: readonly string[] } = {},
): Readonly<Record<string, string>> {
  const forms = ["'self'", ...(options.formTargets ?? []).flatMap(formSource)];
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    ["img-src 'self' data:", ...(options.images ?? [])].join(' '),
    `form-action ${[...new Set(forms)].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return { 'Content-Security-Policy': policy.join('; ') };
}

/** A redirect address as a source of the policy language, which knows no IPv6 addresses. @spec CSP3 §2.3.1 */
function formSource(redirectUri: string): readonly string[] {
  if (!URL.canParse(redirectUri)) return [];
  const { protocol, hostname, origin } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') return [protocol];
  return hostname.startsWith('[') ? [protocol] : [origin];
}
