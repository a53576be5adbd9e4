/** The signatures of DPoP proofs over node:crypto: at once, since a proof comes with every request of a bound client. */
import { constants, createPublicKey, hash, type JsonWebKey, type KeyObject, verify as verifyNow } from 'node:crypto';
import { DPOP_ALGORITHMS, type DpopAlgorithm } from '@authly/oauth';
import type { ProofSignatures, SignedProof } from '../ports/crypto/proof-signatures.js';
import { decodeBytes, decodePart } from './signing/jws.js';

const LONGEST_PROOF = 8192;
/** A client signs its proofs with one key, so the first part of all of them is the same text. */
const MOST_KEYS = 2000;

interface ProofKey {
  readonly algorithm: DpopAlgorithm;
  readonly key: KeyObject;
  readonly thumbprint: string;
}

type Problem = { readonly problem: string };

// @check 183, 184, 198
export function createProofSignatures(): ProofSignatures {
  const keys = new Map<string, ProofKey>();

  function keyOf(header: string): ProofKey | Problem {
    const known = keys.get(header);
    if (known !== undefined) return known;
    const read = readHeader(header);
    if ('problem' in read) return read;
    const [oldest] = keys.size >= MOST_KEYS ? keys.keys() : [];
    if (oldest !== undefined) keys.delete(oldest);
    keys.set(header, read);
    return read;
  }

  return {
    verify(proof): SignedProof | Problem {
      const parts = proof.split('.');
      const [header = '', payload = '', signature = ''] = parts;
      if (proof.length > LONGEST_PROOF || parts.length !== 3)
        return { problem: 'Send one DPoP header, with one JWT in compact form.' };
      const key = keyOf(header);
      if ('problem' in key) return key;
      const bytes = decodeBytes(signature);
      if (bytes === undefined || !isSignedBy(`${header}.${payload}`, bytes, key))
        return { problem: 'The signature of the DPoP proof is not by the key in its header.' };
      const claims = decodePart(payload);
      if (claims === undefined) return { problem: 'What the DPoP proof says is not a JSON object.' };
      return { thumbprint: key.thumbprint, claims };
    },
  };
}

function readHeader(part: string): ProofKey | Problem {
  const header = decodePart(part);
  if (header === undefined) return { problem: 'The DPoP header is not a JWT in compact form.' };
  const { typ, alg, jwk, crit } = header;
  if (typ !== 'dpop+jwt') return { problem: 'The typ of the DPoP proof must be dpop+jwt.' };
  if (!isAlgorithm(alg)) return { problem: `The alg of the DPoP proof must be one of ${DPOP_ALGORITHMS.join(', ')}.` };
  if (crit !== undefined) return { problem: 'The DPoP proof names an extension (crit) that is not known here.' };
  if (typeof jwk !== 'object' || jwk === null) return { problem: 'The header of the DPoP proof must hold its jwk.' };
  const secret = PRIVATE_MEMBERS.find((name) => name in jwk);
  if (secret !== undefined)
    return { problem: 'The jwk of the DPoP proof holds a private key. Send the public one, and make a new pair.' };
  const key = importKey(jwk as JsonWebKey);
  if (key === undefined || !fits(key, alg))
    return { problem: `The jwk of the DPoP proof is no usable key for ${alg} (RSA: 2048 to 8192 bits).` };
  return { algorithm: alg, key, thumbprint: thumbprintOf(key) };
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

function isAlgorithm(value: unknown): value is DpopAlgorithm {
  return DPOP_ALGORITHMS.some((algorithm) => algorithm === value);
}

/** A point that is not on its curve is refused by the import. @spec RFC 8725 §3.4 */
function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };
/** The exponent of every usual key; a huge one would make each check cost milliseconds. */
const LARGEST_EXPONENT = 2n ** 32n;

function fits({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject, alg: DpopAlgorithm): boolean {
  if (alg.startsWith('ES')) return type === 'ec' && details.namedCurve === CURVES[alg];
  if (alg === 'EdDSA' || alg === 'Ed25519') return type === 'ed25519';
  const { modulusLength = 0, publicExponent = 0n } = details;
  return type === 'rsa' && modulusLength >= 2048 && modulusLength <= 8192 && publicExponent <= LARGEST_EXPONENT;
}

/** Of the key as it was understood, not of the text that was sent. @spec RFC 7638 §3 */
function thumbprintOf(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' });
  const members = kty === 'EC' ? { crv, kty, x, y } : kty === 'RSA' ? { e, kty, n } : { crv, kty, x };
  return hash('sha256', JSON.stringify(members), 'base64url');
}

function isSignedBy(input: string, signature: Buffer, { algorithm, key }: ProofKey): boolean {
  const data = Buffer.from(input);
  const digest = `sha${algorithm.slice(2)}`;
  switch (algorithm) {
    case 'EdDSA':
    case 'Ed25519':
      return verifyNow(null, data, key, signature);
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return verifyNow(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'RS256':
      return verifyNow(digest, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'PS256':
    case 'PS384':
    case 'PS512': {
      const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      return verifyNow(digest, data, { key, ...options }, signature);
    }
  }
}
