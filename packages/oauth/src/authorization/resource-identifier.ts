/**
 * The one spelling under which two spellings of a resource are the same: lower-case scheme and host, no default port, an empty path as
 * "/". `undefined` for what can be no resource. Clients send `https://x` and `https://x/` for one server. @spec RFC 8707 §2, RFC 3986 §6.2
 * @example canonicalResource('HTTPS://Notes.Example:443') // 'https://notes.example/'
 */
export function canonicalResource(identifier: string): string | undefined {
  if (identifier.length > LONGEST_RESOURCE || identifier.includes('#')) return undefined;
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(identifier)?.[0];
  if (scheme === undefined || /[\s\p{Cc}<>"\\^`{|}]/u.test(identifier) || !URL.canParse(identifier)) return undefined;
  const rest = identifier.slice(scheme.length);
  if (!rest.startsWith('//')) return `${scheme.toLowerCase()}${rest}`;
  // URL knows default ports and how hosts are written; the path stays as it is, byte for byte.
  const { protocol, host, username, password } = new URL(identifier);
  if (host === '' || username !== '' || password !== '') return undefined;
  const end = rest.slice(2).search(/[/?]/);
  const path = end === -1 ? '' : rest.slice(2 + end);
  return `${protocol}//${host.toLowerCase()}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** Characters. */
export const LONGEST_RESOURCE = 2000;

/** Whether it is the address of something that answers over https, or over http on this computer. */
export function isWebResource(identifier: string): boolean {
  if (canonicalResource(identifier) === undefined) return false;
  const { protocol, hostname } = new URL(identifier);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
