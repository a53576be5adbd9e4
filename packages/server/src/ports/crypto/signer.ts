import type { SigningAlgorithm } from '../../model/client.js';
import type { SigningKey } from '../../model/signing-key.js';

/** What a JWT must be signed as. */
export interface SigningRequest {
  readonly algorithm: SigningAlgorithm;
  /** The `typ` header: `at+jwt`, `JWT`, `logout+jwt`. */
  readonly type: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface VerifiedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A key that takes the place of the others of its algorithm, and when those stop signing and leave the JWKS. */
export interface Succession {
  readonly key: SigningKey;
  readonly others: { readonly retireAt: Date; readonly expireAt: Date };
}

/** A key that must not be trusted any more, and what signs where it did, if nothing else can. */
export interface Withdrawal {
  readonly kid: string;
  readonly successor: SigningKey;
  readonly now: Date;
}

/** Signs with the server's own keys and verifies what they signed. */
export interface Signer {
  sign(request: SigningRequest): Promise<string>;
  /** Checks form, algorithm, key and signature, but not times; `undefined` when it was not signed by a key of ours. */
  verify(jwt: string): Promise<VerifiedJwt | undefined>;
  /** The public keys that verifiers may need now, as the JWKS prints them. */
  publicKeys(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * Makes successors for the key of one algorithm, or of every algorithm in use, and answers them. They are announced first
   * and sign later; `immediate`: they sign at once. `keep` stores them, together with what else must
   * be stored then; without it they are stored by themselves.
   */
  rotate(
    request: { readonly algorithm?: SigningAlgorithm; readonly immediate: boolean },
    keep?: (successions: readonly Succession[]) => Promise<void>,
  ): Promise<readonly SigningKey[]>;
  /** Ends a key that has leaked; `keep` stores it. `undefined` when no key has this kid, `false` when it was withdrawn before. */
  withdraw(kid: string, keep: (withdrawal: Withdrawal) => Promise<boolean>): Promise<boolean | undefined>;
  /** Whether a token was signed by a key that has been withdrawn: whoever has that key could have made it. */
  isWithdrawn(jwt: string): Promise<boolean>;
  /** Makes the keys of these algorithms where there are none: in the JWKS before the first token is signed with them. */
  announce(algorithms: readonly SigningAlgorithm[]): Promise<void>;
}
