export interface IdempotentRequest {
  /** Whose key it is: two callers never meet. */
  readonly actor: string;
  readonly key: string;
  /** A digest of what was asked. */
  readonly requestHash: string;
}

export type IdempotencyState =
  /** Nobody else has it: do the work, then `finish` or `release`. */
  | { readonly kind: 'mine' }
  /** The same request is being worked on. */
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly sealedAnswer: Buffer }
  /** The key was used for something else. */
  | { readonly kind: 'conflict' };

/** Remembers answers to creations, so that a repeat creates nothing. */
export interface IdempotencyStore {
  /** One statement decides who works. Work that began before `abandonedBefore` and never ended may be taken over. */
  begin(
    request: IdempotentRequest,
    times: { readonly now: Date; readonly abandonedBefore: Date; readonly expiresAt: Date },
  ): Promise<IdempotencyState>;
  /** False when the work that began then is not the one that counts any more: it was given up, and others began. */
  finish(
    request: IdempotentRequest,
    answer: { readonly begunAt: Date; readonly status: number; readonly sealed: Buffer },
  ): Promise<boolean>;
  /** The work failed: the key is free again. */
  release(request: IdempotentRequest, begunAt: Date): Promise<void>;
}
