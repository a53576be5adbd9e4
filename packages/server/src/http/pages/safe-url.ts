/**
 * Addresses that came from a client's registration or from settings, before they become an `href` or a `src`.
 * @spec RFC 7591 §5 (client metadata is the client's own claim)
 */

/** The address, when it is http(s) or a path on this server; otherwise undefined (javascript:, data:, //host, …). */
export function safeUrl(value: string | undefined): string | undefined {
  if (value === undefined || hasHiddenCharacters(value)) {
    return undefined;
  }
  if (value.startsWith('/')) {
    return localPath(value);
  }
  const url = parse(value);
  if (url === undefined || !WEB_SCHEMES.has(url.protocol) || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return url.href;
}

/** A picture that this server itself delivers: pages load nothing from a third party, which would learn who signs in. */
export function ownImage(value: string | undefined): string | undefined {
  return value?.startsWith('/') ? safeUrl(value) : undefined;
}

/** The target of a form_post answer: http(s), or a private-use scheme of an app. @spec RFC 8252 §7.1 */
export function safeFormTarget(value: string): string | undefined {
  const url = hasHiddenCharacters(value) ? undefined : parse(value);
  if (url === undefined) {
    return undefined;
  }
  // A private-use scheme is a reversed domain name, and so has a dot, which no scheme that runs script has.
  return WEB_SCHEMES.has(url.protocol) || url.protocol.includes('.') ? value : undefined;
}

const WEB_SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:']);

function localPath(value: string): string | undefined {
  // Browsers read "/\host" and "//host" as another host. @spec WHATWG URL, relative slash state
  return /^\/[/\\]/.test(value) || value.includes('\\') ? undefined : value;
}

function hasHiddenCharacters(value: string): boolean {
  // Browsers drop tabs and newlines inside an address, so "java\tscript:" would run.
  return /[\s\p{Cc}]/u.test(value);
}

function parse(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}
