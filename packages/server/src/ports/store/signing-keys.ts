import type { SigningKey } from '../../model/signing-key.js';

export interface SigningKeyStore {
  all(): Promise<readonly SigningKey[]>;
  /** Adds keys only if no key of that algorithm is there yet; safe when several servers start at once. */
  addIfMissing(keys: readonly SigningKey[]): Promise<void>;
  /** Adds the successor and sets when the others of its algorithm stop signing and leave the JWKS. */
  rotate(successor: SigningKey, others: { readonly retireAt: Date; readonly expireAt: Date }): Promise<void>;
}
