/** Which redirect addresses may be registered, and when a presented one equals a registered one. */

const FORBIDDEN_SCHEMES = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'filesystem:',
  'view-source:',
]);
// Spaces, controls, quotes, angle brackets, backslash: a parser would repair them, so two parsers could disagree.
const UNSAFE_CHARACTER = /[\u0000-\u0020\u007f-\uffff"'<>\\^`{|}]/;
const LOCALHOST = /^http:\/\/(localhost)(?::\d{1,5})?(\/[^?#]*|)(\?[^#]*|)$/;
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(\/[^?#]*|)(\?[^#]*|)$/;

/** What an application of this client is: a server-side or browser application, or one on the user's device. */
export interface RedirectOwner {
  readonly clientType: 'confidential' | 'public';
  /** The longest address accepted, in characters. */
  readonly maxLength?: number;
}

/**
 * What is wrong with a redirect address that somebody wants to register, in words for that person; `undefined` when nothing is.
 * @spec OAuth 2.1 §2.3.1, RFC 8252 §7
 */
export function redirectUriProblem(uri: string, owner: RedirectOwner): string | undefined {
  if (uri.length > (owner.maxLength ?? 2000)) return `is longer than ${owner.maxLength ?? 2000} characters`;
  if (UNSAFE_CHARACTER.test(uri)) return 'contains a character that is not allowed in a URI';
  if (uri.includes('#')) return 'must not have a fragment (#)';
  if (uri.includes('*')) return 'must not contain a wildcard (*)';
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (!url || !/^[a-z][a-z0-9+.-]*:\/\/?[^/]*/i.test(uri)) return 'must be an absolute URI';
  if (FORBIDDEN_SCHEMES.has(url.protocol)) return `must not use the scheme ${url.protocol}`;
  if (url.username || url.password || /^[a-z]+:\/\/[^/?]*@/i.test(uri))
    return 'must not contain a user name or password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:') return httpProblem(url, owner);
  return owner.clientType === 'public'
    ? undefined
    : 'must use https (or http on localhost); custom schemes are for public clients';
}

function httpProblem(url: URL, owner: RedirectOwner): string | undefined {
  const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]';
  if (local) return undefined;
  return owner.clientType === 'public'
    ? 'must use https; http is accepted on localhost, 127.0.0.1 and [::1] only'
    : 'must use https; http is accepted on localhost only';
}

/**
 * Tells whether a presented redirect address equals a registered one: character by character, except that the port of a
 * loopback address is free and its empty path is a slash. Of a native application the port of `localhost` is free as well: what that name leads to is the
 * device's own business, and never another name.
 * @spec RFC 9700 §4.1.3, RFC 8252 §7.3, §8.3
 */
export function redirectUriMatches(
  registered: string,
  presented: string,
  owner: { readonly applicationType: 'web' | 'native' } = { applicationType: 'web' },
): boolean {
  if (registered === presented) return true;
  const loopback = owner.applicationType === 'native' && LOCALHOST.test(registered) ? LOCALHOST : LOOPBACK;
  const left = loopback.exec(registered);
  const right = loopback.exec(presented);
  if (!left || !right) return false;
  if (!URL.canParse(presented) || UNSAFE_CHARACTER.test(presented)) return false;
  // Many programs listen without a path, and some HTTP libraries write the slash of an empty path. @spec RFC 3986 §6.2.3
  return left[1] === right[1] && (left[2] || '/') === (right[2] || '/') && left[3] === right[3];
}

/** Tells whether an address leads to an application on the user's own device: loopback or a custom scheme. @spec RFC 8252 §7 */
export function isNativeRedirect(uri: string): boolean {
  if (!/^https?:/i.test(uri)) return true;
  return LOOPBACK.test(uri) || /^http:\/\/localhost(?::\d{1,5})?(\/|$|\?)/.test(uri);
}
