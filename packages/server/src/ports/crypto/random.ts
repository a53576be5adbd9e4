/** Chance, given from outside. */
export interface Random {
  /** Cryptographically strong random bytes. */
  bytes(length: number): Buffer;
  /** A random UUID (version 4). */
  uuid(): string;
}
