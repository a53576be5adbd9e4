import { constants, type KeyObject, sign as signNow, verify as verifyNow } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from '../../model/client.js';

/** Compact JWS over node:crypto. @spec RFC 7515 §7.1, RFC 7518 §3, RFC 8037 §3.1 */

const signLater = promisify(signNow);

type Options = { readonly dsaEncoding?: 'ieee-p1363'; readonly padding?: number; readonly saltLength?: number };

const SCHEMES: Readonly<Record<SigningAlgorithm, { readonly digest: string | null; readonly options: Options }>> = {
  // JWS wants r and s side by side, not the DER sequence that is the default.
  ES256: { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  RS256: { digest: 'sha256', options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: { digest: 'sha256', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  EdDSA: { digest: null, options: {} },
};

// @check 118
export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return typeof value === 'string' && Object.hasOwn(SCHEMES, value);
}

/** The signature part. RSA takes a quarter of a millisecond and leaves the event loop; the curves take 30 µs and stay. */
export async function signatureOf(input: string, algorithm: SigningAlgorithm, key: KeyObject): Promise<string> {
  const { digest, options } = SCHEMES[algorithm];
  const data = Buffer.from(input);
  const isSlow = algorithm === 'RS256' || algorithm === 'PS256';
  const signature = isSlow
    ? await signLater(digest, data, { key, ...options })
    : signNow(digest, data, { key, ...options });
  return signature.toString('base64url');
}

export function isSignatureOf(
  input: string,
  signature: Buffer,
  by: { readonly algorithm: SigningAlgorithm; readonly key: KeyObject },
): boolean {
  const { digest, options } = SCHEMES[by.algorithm];
  return verifyNow(digest, Buffer.from(input), { key: by.key, ...options }, signature);
}

export function encodePart(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A JSON object, or `undefined` for everything else. */
export function decodePart(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBytes(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Only the one spelling that encoding gives: Buffer.from would skip what it does not understand. @spec RFC 7515 §2 */
export function decodeBytes(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
