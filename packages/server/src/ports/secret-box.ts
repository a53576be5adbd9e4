/** Authenticated encryption with keys derived from the master key: what is stored sealed is useless without it. */
export interface SecretBox {
  /** `context` must be the same when the box is opened: it ties a ciphertext to its place. */
  seal(plain: Buffer | string, context: string): Buffer;
  /** `undefined` when the box was changed, belongs elsewhere or was sealed with another key. */
  open(sealed: Buffer, context: string): Buffer | undefined;
}
