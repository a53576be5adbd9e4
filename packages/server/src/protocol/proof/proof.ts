import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { nonceEnd } from './nonce.js';

/** The DPoP header of a request, and what the proof in it must speak of. */
export interface PresentedProof {
  readonly jwt: string;
  readonly method: string;
  /** The address of the request as clients know it: made from the issuer, never from the Host header. */
  readonly url: string;
}

/** A proof that fits its request and comes at the right time. It has not been used yet. */
export interface Proof {
  readonly thumbprint: string;
  /** The hash of an access token, where the proof goes with one. */
  readonly tokenHash: string | undefined;
  readonly jti: string;
  /** When it could not be accepted any more, so that nobody has to remember it. */
  readonly until: Date;
}

export interface ProofProblem {
  readonly code: 'invalid_dpop_proof' | 'use_dpop_nonce';
  readonly description: string;
}

type Needs = Pick<Context, 'clock' | 'hashing' | 'proofSignatures' | 'settings'>;

/** A proof is made for one request, a moment before. */
const FRESH_SECONDS = 60;
const LONGEST_JTI_BYTES = 128;

/**
 * The one check of a proof. Nothing is stored or used up by it, so that a client that must come again with a nonce finds everything as it
 * was. @spec RFC 9449 §4.3
 */
// @check 183, 184, 185, 186, 187
export function checkProof({ jwt, method, url }: PresentedProof, context: Needs): Proof | ProofProblem {
  const signed = context.proofSignatures.verify(jwt);
  if ('problem' in signed) return invalid(signed.problem);
  const { jti, htm, htu, iat, ath, nonce } = signed.claims;
  if (typeof jti !== 'string' || jti === '' || Buffer.byteLength(jti) > LONGEST_JTI_BYTES)
    return invalid(`The DPoP proof needs a jti of 1 to ${LONGEST_JTI_BYTES} bytes, another one each time.`);
  if (htm !== method) return invalid(`The htm of the DPoP proof must be ${method}, the method of the request.`);
  if (typeof htu !== 'string' || addressOf(htu) !== addressOf(url))
    return invalid(`The htu of the DPoP proof must be the public address of the request, ${url}`);
  if (typeof iat !== 'number') return invalid('The DPoP proof needs iat, the time at which it was made, in seconds.');
  const until = acceptedUntil({ iat, nonce }, context);
  if (!(until instanceof Date)) return until;
  return { thumbprint: signed.thumbprint, tokenHash: typeof ath === 'string' ? ath : undefined, jti, until };
}

/**
 * With a good nonce iat is not looked at: a wrong clock must lock nobody out. A proof with a nonce that has run out is refused whatever
 * its iat, since one that was dated ahead would be fresh a second time. @spec RFC 9449 §4.3, §8, §11.1
 */
function acceptedUntil(
  { iat, nonce }: { readonly iat: number; readonly nonce: unknown },
  context: Needs,
): Date | ProofProblem {
  if (nonce !== undefined) return (typeof nonce === 'string' ? nonceEnd(nonce, context) : undefined) ?? NONCE_WANTED;
  const isFresh = Math.abs(context.clock.now().getTime() / 1000 - iat) <= FRESH_SECONDS;
  return isFresh && context.settings['dpop.nonce'] === 'when_needed'
    ? new Date((iat + FRESH_SECONDS + 1) * 1000)
    : NONCE_WANTED;
}

const NONCE_WANTED: ProofProblem = {
  code: 'use_dpop_nonce',
  description: 'Put the nonce of the DPoP-Nonce header into the DPoP proof, and send the request again.',
};

function invalid(description: string): ProofProblem {
  return { code: 'invalid_dpop_proof', description };
}

/** Without query and fragment, in the one spelling of scheme, host and port. @spec RFC 9449 §4.3, RFC 3986 §6.2.2, §6.2.3 */
function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname, protocol } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? `${origin}${pathname}` : undefined;
}

/** Uses a proof up; false for one that was used before, on whichever node. @spec RFC 9449 §11.1 */
// @check 188, 275
export function claimProof(
  { thumbprint, jti, until }: Proof,
  context: Pick<Context, 'clock' | 'hashing' | 'store'>,
): Promise<boolean> {
  const mark = context.hashing.tokenHash(`dpop\n${thumbprint}\n${jti}`);
  return context.store.replays.claim(mark, until, context.clock.now());
}

export const USED_BEFORE: ProofProblem = invalid('This DPoP proof was used before. Make a new one for each request.');

/** The proof of a request to an endpoint where tokens are asked for, if it has one. @spec RFC 9449 §5, §8 */
export function readProof(presented: PresentedProof | undefined, context: Needs): Proof | undefined {
  if (presented === undefined) return undefined;
  const proof = checkProof(presented, context);
  if ('code' in proof) throw refuseProof(proof);
  return proof;
}

export function refuseProof({ code, description }: ProofProblem): OAuthError {
  return new OAuthError(code, description, { reason: code === 'invalid_dpop_proof' ? 'dpop_proof' : undefined });
}
