import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import type { SigningAlgorithm } from '../../model/client.js';
import type { SigningKey } from '../../model/signing-key.js';
import type { SecretBox } from '../../ports/crypto/secret-box.js';

const generate = promisify(generateKeyPair);

/** A key pair that has no place in the database yet. */
export interface KeyPair {
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly privateJwk: string;
  readonly kid: string;
}

/** The kid is the RFC 7638 thumbprint: two keys never share one. */
export async function createKeyPair(algorithm: SigningAlgorithm): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateFor(algorithm);
  const bare = { ...publicKey.export({ format: 'jwk' }) };
  const kid = await calculateJwkThumbprint(bare);
  // On a command line that would be an option.
  if (kid.startsWith('-')) return createKeyPair(algorithm);
  return {
    algorithm,
    kid,
    publicJwk: { ...bare, kid, use: 'sig', alg: algorithm },
    privateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
  };
}

/** Ties a pair to its times and seals its private half. */
export function toSigningKey(pair: KeyPair, times: { now: Date; activeAt: Date }, box: SecretBox): SigningKey {
  return {
    kid: pair.kid,
    algorithm: pair.algorithm,
    publicJwk: pair.publicJwk,
    privateSealed: box.seal(pair.privateJwk, sealContext(pair.kid)),
    createdAt: times.now,
    activeAt: times.activeAt,
  };
}

/** The private half; `undefined` when it was sealed with another master key. */
export function openPrivateKey(key: SigningKey, box: SecretBox): KeyObject | undefined {
  const plain = box.open(key.privateSealed, sealContext(key.kid));
  if (plain === undefined) return undefined;
  return createPrivateKey({ key: JSON.parse(plain.toString()), format: 'jwk' });
}

export function openPublicKey(key: SigningKey): KeyObject {
  return createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' });
}

function sealContext(kid: string): string {
  return `signing-key:${kid}`;
}

async function generateFor(algorithm: SigningAlgorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (algorithm) {
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generate('ed25519');
    case 'RS256':
    case 'PS256':
      return generate('rsa', { modulusLength: 2048 });
  }
}
