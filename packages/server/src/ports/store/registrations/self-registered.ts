import type { TokenHash } from '@authly/oauth';
import type { NewClient } from '../../../model/client.js';

/** Clients that no administrator made, and the tokens with which they may come and manage themselves. */
export interface SelfRegisteredStore {
  /** False when the client id exists. */
  add(
    client: NewClient,
    registration: { readonly tokenHash?: TokenHash; readonly isVouchedFor: boolean },
  ): Promise<boolean>;
  /** Whether this is the token with which the client manages its registration. */
  isTokenOf(clientId: string, tokenHash: TokenHash): Promise<boolean>;
  /** The token before is worth nothing then; false when no such client manages itself. */
  replaceToken(clientId: string, tokenHash: TokenHash): Promise<boolean>;
  addInitialToken(token: {
    readonly id: string;
    readonly hash: TokenHash;
    readonly uses: number;
    readonly createdAt: Date;
    readonly createdBy: string;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Uses an initial token once more; false when it is unknown, used up or expired. */
  useInitialToken(hash: TokenHash, now: Date): Promise<boolean>;
  /** Writes down which clients are in use; to be done before leftovers are looked for. */
  noteUse(now: Date): Promise<void>;
  /** Removes clients that nobody uses, some at a time: never used, not used for long, or too many. */
  removeLeftovers(wish: {
    /** Never used and older than this. */
    readonly unusedBefore: Date;
    /** Used, and without a living login since. */
    readonly idleBefore: Date;
    /** Of those that were never used, the oldest beyond so many clients. */
    readonly most: number;
    readonly now: Date;
    readonly limit: number;
  }): Promise<readonly { readonly clientId: string; readonly name: string }[]>;
  /** How many there are. */
  count(): Promise<number>;
}
