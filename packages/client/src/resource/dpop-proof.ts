/** Checking, in an API, that whoever presents a bound token holds its key. */
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify, type JWK } from 'jose';
import type { Clock } from '../clock.js';
import { TokenValidationError } from '../errors/service-errors.js';

/** How old a proof may be. */
const proofSeconds = 60;
const mostRemembered = 100_000;

const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256'];

/** What clients are told of the algorithms that will do. */
export const proofAlgorithms = algorithms.join(' ');

/** Remembers which proofs were used. An API of several processes gives one that they share; otherwise each remembers its own. */
export interface ProofMemory {
  /** True for the first caller with this name, false for everyone after, until the time has come. */
  firstUse(name: string, until: Date): boolean | Promise<boolean>;
}

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
export function createProofCheck(
  clock: Clock,
  memory: ProofMemory = memoryOfThisProcess(clock),
): (presented: PresentedProof) => Promise<void> {
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
    const until = new Date(clock.now() + 2 * proofSeconds * 1000);
    if (!(await memory.firstUse(`${thumbprint} ${payload.jti}`, until)))
      throw noProof('The proof of the key was used before.');
  };
}

function memoryOfThisProcess(clock: Clock): ProofMemory {
  const seen = new Map<string, number>();
  return {
    firstUse: (name, until) => {
      forgetOld(seen, clock.now());
      if (seen.has(name)) return false;
      seen.set(name, until.getTime());
      return true;
    },
  };
}

async function verified(proof: string, clock: Clock) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms,
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

/** The error for a request that does not show that its sender holds the key of the token. */
export function noProof(reason: string): TokenValidationError {
  return new TokenValidationError({
    problem: 'proof',
    message: 'The access token was refused.',
    reason,
    hint: 'Send the token with a fresh DPoP proof.',
  });
}
