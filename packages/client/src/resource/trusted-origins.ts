/** Where a token may go: to the server that made it and to the APIs that were named, and nowhere else. */
import { UntrustedOriginError } from '../errors/service-errors.js';
import { isSafeUrl } from '../flows/safe-url.js';

/** The origins of the addresses that are set and may be trusted. */
export function trustedOrigins(addresses: readonly (string | undefined)[]): ReadonlySet<string> {
  const known = addresses.filter((address) => address !== undefined && isSafeUrl(address));
  return new Set(known.map((address) => new URL(String(address)).origin));
}

/** Refuses, before anything is sent, an address that the token is not meant for. */
export function requireTrusted(url: URL, origins: ReadonlySet<string>): void {
  if (isSafeUrl(url.href) && origins.has(url.origin)) return;
  throw new UntrustedOriginError({
    message: `Your token is not sent to ${url.origin}.`,
    reason: `It is meant for ${[...origins].join(', ') || 'no address yet'}.`,
    hint: 'Name the address in allowedOrigins, or as the API address of the profile.',
    origin: url.origin,
  });
}
