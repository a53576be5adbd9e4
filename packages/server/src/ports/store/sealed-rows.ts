/** Where secrets lie sealed that must still open when the master key has been changed. */
export type SealedKind = 'signing-key' | 'totp-app' | 'lasting-key';

export interface SealedRow {
  /** The rest of the context that it was sealed in, after the kind and a colon. */
  readonly id: string;
  readonly sealed: Buffer;
}

export interface SealedRows {
  /** The first kind that has a row which begins with none of these. */
  findForeign(knownPrefixes: readonly Buffer[]): Promise<SealedKind | undefined>;
  /** Some of the rows that do not begin with this. */
  listBehind(kind: SealedKind, prefix: Buffer, limit: number): Promise<readonly SealedRow[]>;
  /** Puts the same secret in its place, sealed anew; nothing when the row has changed or gone meanwhile. */
  replace(kind: SealedKind, row: SealedRow, sealed: Buffer): Promise<void>;
  /** The key of that name that this installation keeps for ever; the first who asks gives it. */
  lastingKey(name: string, first: Buffer): Promise<Buffer>;
}
