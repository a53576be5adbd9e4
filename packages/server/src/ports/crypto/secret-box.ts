/** Authenticated encryption with keys derived from the master key: what is stored sealed is useless without it. */
export interface SecretBox {
  /** `context` must be the same when the box is opened: it ties a ciphertext to its place. */
  seal(plain: Buffer | string, context: string): Buffer;
  /** What every box begins with that this one seals, and those that it opens: they say which master key it was. */
  readonly prefix: Buffer;
  readonly knownPrefixes: readonly Buffer[];
  /** `undefined` when the box was changed, belongs elsewhere or was sealed with another key. */
  open(sealed: Buffer, context: string): Buffer | undefined;
  /** A code that only who has the master key can make. `purpose` keeps codes for different things apart. */
  mac(message: string, purpose: string): Buffer;
  isMac(mac: Buffer, message: string, purpose: string): boolean;
}
