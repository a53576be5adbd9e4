/** Proof Key for Code Exchange with S256, the only method that Authly offers. @spec RFC 7636 §4 */

const UNRESERVED_43_TO_128 = /^[A-Za-z0-9\-._~]{43,128}$/;

/** Tells whether a string has the form of a code verifier: 43 to 128 unreserved characters. */
export function isCodeVerifier(value: string): boolean {
  return UNRESERVED_43_TO_128.test(value);
}

/** Tells whether a string has the form of a code challenge: 43 to 128 unreserved characters. */
export function isCodeChallenge(value: string): boolean {
  return UNRESERVED_43_TO_128.test(value);
}

/**
 * The S256 challenge of a verifier: BASE64URL(SHA-256(ASCII(verifier))).
 * @example await s256Challenge(verifier)
 */
export async function s256Challenge(verifier: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
