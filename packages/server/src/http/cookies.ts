import { createHash } from 'node:crypto';
import { serialize } from 'cookie';
import type { Settings } from '../config/settings.js';
import type { Incoming } from './incoming.js';

type Kind = 'session' | 'browser' | 'problem' | 'answer';

/** A browser stays known longer than a session: whoever signs in there again is no stranger. Browsers keep no cookie for longer than 400 days. */
const BROWSER_SECONDS = 34_560_000;
/** Longer than any redirect takes; nobody wants to hear later what was wrong before. */
const PROBLEM_SECONDS = 120;
/** As long as the code in it can be used. */
const ANSWER_SECONDS = 60;

/**
 * The secret in one of our cookies. `session` proves who signed in; `browser` ties pages to the browser they were shown in; `problem` is what
 * the next page has to say.
 */
export function readCookie(request: Incoming, kind: Kind, settings: Pick<Settings, 'issuer'>): string | undefined {
  const value = request.cookie(cookieName(kind, settings));
  return value !== undefined && /^[A-Za-z0-9_-]{20,200}$/.test(value) ? value : undefined;
}

/** A cookie that carries more than a secret. */
export function readLongCookie(
  kind: 'problem' | 'answer',
  request: Incoming,
  settings: Pick<Settings, 'issuer'>,
): string | undefined {
  const value = request.cookie(cookieName(kind, settings));
  return value !== undefined && /^[A-Za-z0-9_-]{20,4000}$/.test(value) ? value : undefined;
}

/** The Set-Cookie line for a secret. */
// @check 84
export function setCookie(
  kind: Kind,
  secret: string,
  settings: Pick<Settings, 'issuer' | 'sessions.lifetime'>,
): string {
  const maxAge = {
    session: settings['sessions.lifetime'],
    browser: BROWSER_SECONDS,
    problem: PROBLEM_SECONDS,
    answer: ANSWER_SECONDS,
  }[kind];
  return serialize(cookieName(kind, settings), secret, { ...attributes(settings), maxAge });
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

/**
 * With __Host- no subdomain and no plain http page can plant the cookie; that needs https. Every issuer has names of its own, because
 * browsers part cookies neither by port nor, with __Host-, by path: two servers on one host would sign each other out.
 * @spec RFC 6265 §8.5
 */
export function cookieName(kind: Kind, settings: Pick<Settings, 'issuer'>): string {
  return `${isHttps(settings) ? '__Host-' : ''}authly_${kind}_${digestOf(settings.issuer)}`;
}

/** A process has one issuer, and reads cookies with every request. */
let known = { issuer: '', digest: '' };

function digestOf(issuer: string): string {
  if (known.issuer !== issuer)
    known = { issuer, digest: createHash('sha256').update(issuer).digest('hex').slice(0, 8) };
  return known.digest;
}

function isHttps(settings: Pick<Settings, 'issuer'>): boolean {
  return settings.issuer.startsWith('https:');
}
