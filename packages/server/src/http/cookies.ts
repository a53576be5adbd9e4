import { serialize } from 'cookie';
import type { Settings } from '../config/settings.js';
import type { Incoming } from './incoming.js';

type Kind = 'session' | 'browser';

/** The secret in one of our cookies. `session` proves who signed in; `browser` ties pages to the browser they were shown in. */
export function readCookie(request: Incoming, kind: Kind, settings: Pick<Settings, 'issuer'>): string | undefined {
  const value = request.cookie(cookieName(kind, settings));
  return value !== undefined && /^[A-Za-z0-9_-]{20,200}$/.test(value) ? value : undefined;
}

/** The Set-Cookie line for a secret. */
// @check 84
export function setCookie(
  kind: Kind,
  secret: string,
  settings: Pick<Settings, 'issuer' | 'sessions.lifetime'>,
): string {
  const maxAge = kind === 'session' ? { maxAge: settings['sessions.lifetime'] } : {};
  return serialize(cookieName(kind, settings), secret, { ...attributes(settings), ...maxAge });
}

/** The Set-Cookie line that makes the browser forget. */
export function clearCookie(kind: Kind, settings: Pick<Settings, 'issuer'>): string {
  return serialize(cookieName(kind, settings), '', { ...attributes(settings), maxAge: 0 });
}

function attributes(settings: Pick<Settings, 'issuer'>): {
  httpOnly: true;
  sameSite: 'lax';
  secure: boolean;
  path: '/';
} {
  return { httpOnly: true, sameSite: 'lax', secure: isHttps(settings), path: '/' };
}

/** With __Host- no subdomain and no plain http page can plant the cookie; that needs https. */
function cookieName(kind: Kind, settings: Pick<Settings, 'issuer'>): string {
  return `${isHttps(settings) ? '__Host-' : ''}authly_${kind}`;
}

function isHttps(settings: Pick<Settings, 'issuer'>): boolean {
  return settings.issuer.startsWith('https:');
}
