import { isNativeRedirect, redirectUriProblem } from '@authly/oauth';
import { OAuthError } from '../error.js';

const MOST_ADDRESSES = 100;

/** Schemes that browsers and systems keep for themselves, beside those that no redirect address may have. */
const SYSTEM_SCHEMES =
  /^(?:mailto|ftps?|wss?|intent|tel|sms|smsto|chrome|edge|resource|moz-extension|ssh|ldap|jar|content):/i;

/** What a program on the person's own device is, and what a website: told by the addresses, where it is not said. */
export function inferApplicationType(addresses: readonly string[]): 'web' | 'native' {
  return addresses.some(isNativeRedirect) ? 'native' : 'web';
}

/**
 * Checks the redirect addresses of a client that nobody here knows. @spec RFC 7591 §2, RFC 8252 §7, OpenID Connect Registration §2
 */
// @check 233, 234
export function checkAddresses(
  value: unknown,
  { applicationType, field }: { readonly applicationType: unknown; readonly field: string },
): readonly string[] {
  if (!Array.isArray(value) || value.length > MOST_ADDRESSES || !value.every((uri) => typeof uri === 'string'))
    throw invalidAddress(`${field} must be a list of at most ${MOST_ADDRESSES} addresses.`);
  const addresses = [...new Set(value)];
  for (const address of addresses) {
    const problem = addressProblem(address);
    if (problem !== undefined) throw invalidAddress(`An address in ${field} ${problem}: ${printable(address)}`);
    // Anybody's program could stand behind it, and a website has no use for it.
    if (applicationType === 'web' && isNativeRedirect(address))
      throw invalidAddress(
        `${printable(address)} in ${field} leads to a program on the device: say application_type native, or leave it out.`,
      );
  }
  return addresses;
}

function addressProblem(address: string): string | undefined {
  const problem = redirectUriProblem(address, { clientType: 'public' });
  if (problem !== undefined || /^https?:/i.test(address)) return problem;
  if (SYSTEM_SCHEMES.test(address)) return 'must not use a scheme of browsers or of the system';
  const { protocol, host } = new URL(address);
  return protocol.includes('.') || host !== '' ? undefined : 'needs a scheme with a dot, or a host after it';
}

/** Of addresses of all kinds in one request those that lead to the person's own device; programs send both. */
export function nativeOnly(addresses: readonly string[]): readonly string[] {
  const native = addresses.filter(isNativeRedirect);
  if (native.length > 0) return native;
  throw invalidAddress(
    'Only programs on the device of a person may register themselves here: addresses on 127.0.0.1, or a scheme of the program. A website is known by a client id metadata document.',
  );
}

export function invalidAddress(description: string): OAuthError {
  return new OAuthError('invalid_redirect_uri', description);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
