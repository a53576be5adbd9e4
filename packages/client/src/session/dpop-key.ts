/** The key pair that tokens are bound to: kept with the session, because its refresh token is worth nothing without it. */
import { StorageError } from '../errors/storage-error.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/** A key pair and the text that it is kept as. */
export interface DpopKey {
  readonly pair: CryptoKeyPair;
  /** A private JSON Web Key: a secret. */
  readonly text: string;
}

/** Makes a new key pair. */
export async function createDpopKey(): Promise<DpopKey> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const text = JSON.stringify(await crypto.subtle.exportKey('jwk', pair.privateKey));
  return { pair, text };
}

/** Reads a kept key pair. */
export async function readDpopKey(text: string): Promise<DpopKey> {
  try {
    const { d: _private, key_ops: _operations, ...open } = JSON.parse(text) as JsonWebKey;
    const privateKey = await crypto.subtle.importKey('jwk', JSON.parse(text) as JsonWebKey, algorithm, false, ['sign']);
    const publicKey = await crypto.subtle.importKey('jwk', { ...open, key_ops: ['verify'] }, algorithm, true, [
      'verify',
    ]);
    return { pair: { privateKey, publicKey }, text };
  } catch {
    // No cause: it could quote the key.
    throw new StorageError({
      failure: 'corrupt',
      message: 'The key that the session is bound to cannot be read.',
      reason: 'The stored value is not a private key.',
      hint: 'Log in again.',
    });
  }
}
