/** Checking, in an API, that whoever presents a bound token holds its key. */
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from 'jose';
import type { JWK } from 'jose';
import type { Clock } from '../clock.js';
import { TokenValidationError } from '../errors/service-errors.js';

/** How old a proof may be. */
const proofSeconds = 60;
const mostRemembered = 100_000;

/** One request with a proof. */
export interface PresentedProof {
  readonly proof: string | undefined;
  readonly token: string;
  /** The thumbprint in the token. */
  readonly boundTo: string;
  readonly method: string;
  /** The address of the request without query and fragment. */
  readonly url: string;
}

/**
 * Makes a check that lets each proof through once. It rejects with TokenValidationError.
 *
 * @spec RFC 9449 §4.3
 */
export function createProofCheck(clock: Clock): (presented: PresentedProof) => Promise<void> {
  const seen = new Map<string, number>();
  return async (presented) => {
    const { proof, token, boundTo } = presented;
    if (proof === undefined) throw noProof('The proof of the key is missing.');
    const { payload, protectedHeader } = await verified(proof, clock);
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
    const age = clock.now() / 1000 - (payload.iat ?? 0);
    const fits =
      thumbprint === boundTo &&
      payload.htm === presented.method &&
      sameAddress(payload.htu, presented.url) &&
      payload.ath === (await digest(token)) &&
      Math.abs(age) <= proofSeconds;
    if (!fits || typeof payload.jti !== 'string') throw noProof('The proof of the key does not fit the request.');
    forgetOld(seen, clock.now());
    const name = `${thumbprint} ${payload.jti}`;
    if (seen.has(name)) throw noProof('The proof of the key was used before.');
    seen.set(name, clock.now() + 2 * proofSeconds * 1000);
  };
}

async function verified(proof: string, clock: Clock) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      currentDate: new Date(clock.now()),
    });
  } catch {
    throw noProof('The proof of the key cannot be verified.');
  }
}

function sameAddress(claimed: unknown, actual: string): boolean {
  if (typeof claimed !== 'string' || !URL.canParse(claimed)) return false;
  const [left, right] = [new URL(claimed), new URL(actual)];
  return left.origin === right.origin && left.pathname === right.pathname;
}

async function digest(token: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function forgetOld(seen: Map<string, number>, now: number): void {
  for (const [name, until] of seen) {
    if (until > now && seen.size <= mostRemembered) return;
    seen.delete(name);
  }
}

function noProof(reason: string): TokenValidationError {
  return new TokenValidationError({
    problem: 'claim',
    message: 'The access token was refused.',
    reason,
    hint: 'Send the token with a fresh DPoP proof.',
  });
}
