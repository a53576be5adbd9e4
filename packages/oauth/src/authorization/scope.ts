/** Scopes as sets of scope tokens. @spec RFC 6749 §3.3 */

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Tells whether a string may stand as one scope token: printable ASCII without space, quote and backslash. */
export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value);
}

/**
 * Splits a scope string into its tokens, each once, in the order given.
 * Answers `undefined` when a token holds a character that the specification forbids.
 * @example parseScope('openid profile openid') // ['openid', 'profile']
 */
export function parseScope(value: string): readonly string[] | undefined {
  const tokens = value.split(' ').filter((token) => token !== '');
  if (!tokens.every(isScopeToken)) return undefined;
  return [...new Set(tokens)];
}

/** Joins scope tokens to the string that travels in requests and answers. */
export function formatScope(scopes: Iterable<string>): string {
  return [...scopes].join(' ');
}

/** Tells whether every scope of `wanted` is in `granted`. */
export function isNarrower(wanted: Iterable<string>, granted: Iterable<string>): boolean {
  const all = new Set(granted);
  return [...wanted].every((scope) => all.has(scope));
}
