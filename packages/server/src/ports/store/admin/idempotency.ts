export interface IdempotentRequest {
  /** Whose key it is: two callers never meet. */
  readonly actor: string;
  readonly key: string;
  /** A digest of what was asked. */
  readonly requestHash: string;
}

export type IdempotencyState =
  /** Nobody has had an answer under this key. */
  | { readonly kind: 'new' }
  | { readonly kind: 'answered'; readonly sealedAnswer: Buffer }
  /** The key was used for something else. */
  | { readonly kind: 'conflict' };

/** Remembers answers, so that a repeat changes nothing. */
export interface IdempotencyStore {
  lookUp(request: IdempotentRequest, now: Date): Promise<IdempotencyState>;
  /**
   * Keeps the answer, in the transaction of what it tells of. False when another answer was kept under this key first; that is
   * waited for while it is being decided.
   */
  keep(
    request: IdempotentRequest,
    answer: { readonly status: number; readonly sealed: Buffer; readonly now: Date; readonly expiresAt: Date },
  ): Promise<boolean>;
}
