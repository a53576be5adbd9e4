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
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ...(settings.issuer.startsWith('https:') && { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  };
}

/**
 * The policy of a page: our own style sheet and script; our own images, and those of one more origin where a logo lies there; forms to ourselves and, where the answer of a form leads on to
 * a client, to wherever that client leads on: browsers hold every redirect after a form to form-action, and what an application's
 * callback redirects to is its own business.
 */
// @check 80, 81
export function pagePolicy(
  options: {
    readonly formTargets?: readonly string[];
    readonly images?: string;
    /** Addresses that the page shows in frames. */
    readonly frames?: readonly string[];
  } = {},
): Readonly<Record<string, string>> {
  const forms = ["'self'", ...(options.formTargets ?? []).flatMap(formSource)];
  const frames = [...new Set((options.frames ?? []).map((address) => new URL(address).origin))];
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    `img-src 'self' data:${options.images === undefined ? '' : ` ${options.images}`}`,
    ...(frames.length > 0 ? [`frame-src ${frames.join(' ')}`] : []),
    `form-action ${[...new Set(forms)].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return { 'Content-Security-Policy': policy.join('; ') };
}

/** The schemes that an answer to this address can go through: its own, and https, as a callback may redirect to another host. */
function formSource(redirectUri: string): readonly string[] {
  if (!URL.canParse(redirectUri)) return [];
  const { protocol } = new URL(redirectUri);
  return protocol === 'https:' || protocol === 'http:'
    ? ['https:', ...(protocol === 'http:' ? [protocol] : [])]
    : [protocol];
}

/**
 * What a page adds that nobody passes on the way between an application and its redirect: a window of it shares nothing with the one
 * that opened it. Anywhere on that way the header would cut an application's popup off from its opener for good, on redirects too.
 * @spec HTML §7.1.3 (cross-origin opener policies)
 */
export const ALONE_IN_ITS_WINDOW = { 'Cross-Origin-Opener-Policy': 'same-origin' } as const;
