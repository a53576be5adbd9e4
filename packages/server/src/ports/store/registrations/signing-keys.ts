import type { SigningKey } from '../../../model/signing-key.js';

export interface SigningKeyStore {
  all(): Promise<readonly SigningKey[]>;
  /** Adds keys only if no key of that algorithm is there that signs or will sign; safe when several servers start at once. */
  addIfMissing(keys: readonly SigningKey[]): Promise<void>;
  /** Adds the successor and sets when the others of its algorithm stop signing and leave the JWKS. */
  rotate(successor: SigningKey, others: { readonly retireAt: Date; readonly expireAt: Date }): Promise<void>;
  /**
   * Ends a key at once; `false` when there is no such key or it was withdrawn before. Where no other key of its algorithm signs
   * then, the announced one begins at once, and where there is none, the successor is added.
   */
  withdraw(kid: string, successor: SigningKey, now: Date): Promise<boolean>;
}
