/** What a place that keeps tokens can do, and what it keeps. */
import type { AuthMethod } from '../credentials/credential.js';
import type { SessionEnd } from '../errors/credential-errors.js';

/** What may be shown without unlocking anything. Times are milliseconds since 1970. */
export interface RecordMeta {
  readonly key: string;
  /** `session`: tokens; `profile`: the secrets of a profile; `pending`: a login that was started and not finished. */
  readonly kind: 'session' | 'profile' | 'pending';
  readonly profile?: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly apiUrl?: string;
  readonly method: AuthMethod;
  readonly subject?: string;
  readonly username?: string;
  readonly scopes: readonly string[];
  readonly resource?: string;
  readonly tokenType?: 'Bearer' | 'DPoP';
  readonly obtainedAt: number;
  readonly expiresAt?: number;
  /** From here on a refresh is worth trying beside the current use. */
  readonly refreshAfter?: number;
  readonly sessionExpiresAt?: number;
  readonly refreshable: boolean;
  /** Server time minus local time, in seconds, when the tokens were received. */
  readonly clockSkewSeconds?: number;
  readonly status: 'active' | 'expired';
  /** Why an expired session ended. */
  readonly ended?: SessionEnd;
}

/** The parts of a record that are encrypted at rest. */
export interface RecordSecrets {
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
  readonly clientSecret?: string;
  readonly apiKey?: string;
  /** A private key, as JSON: DPoP for sessions, client assertion for profiles. */
  readonly privateKey?: string;
  readonly deviceCode?: string;
}

/** One record: plain metadata beside encrypted secrets. */
export interface StoredRecord extends RecordMeta {
  readonly secrets: RecordSecrets;
}

/** Where records are kept, to be shown to a person. */
export interface StoreInfo {
  readonly backend: 'keyring+file' | 'keyfile+file' | 'passphrase+file' | 'unwritten' | 'memory';
  readonly path?: string;
  /** The file that holds the data key, when the operating system's keyring does not. */
  readonly keyPath?: string;
  readonly encrypted: boolean;
}

/** Something that a store did and a person may want to know. */
export type StoreEvent =
  | { readonly type: 'storage:fallback'; readonly from: string; readonly to: string; readonly reason: string }
  | { readonly type: 'storage:lock-timeout'; readonly path: string; readonly reason: string }
  | { readonly type: 'storage:repaired'; readonly path: string; readonly reason: string };

/** How to wait for a lock. */
export interface LockOptions<T> {
  /** How long to wait before going on without the lock; 15,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Asked again and again while waiting: an answer means that someone else has done the work and the lock is not needed. */
  readonly settled?: () => Promise<T | undefined>;
}

/**
 * Keeps tokens. Every method may reject with StorageError; none of them ever deletes what it cannot read.
 *
 * @example
 * ```ts
 * const store = await createTokenStore({ kind: 'file', dir: '/home/me/.my-app' });
 * for (const record of await store.list()) console.log(record.profile, record.status);
 * ```
 */
export interface TokenStore {
  read(key: string): Promise<StoredRecord | undefined>;
  /** Replaces one record in a single step; `undefined` from the function deletes it. */
  update(key: string, change: (current?: StoredRecord) => StoredRecord | undefined): Promise<void>;
  /** Runs work that no other process may run for the same key at the same time. */
  withLock<T>(key: string, work: () => Promise<T>, options?: LockOptions<T>): Promise<T>;
  /** Lists records without unlocking anything. */
  list(): Promise<RecordMeta[]>;
  describe(): StoreInfo;
  /** Names the record that stands at the top of the file. */
  activate?(key: string | undefined): Promise<void>;
  /** Deletes a record without unlocking anything, so that a logout works even when the key is lost. */
  remove?(key: string): Promise<void>;
  /** Moves an unreadable store out of the way, keeping it; returns where it went. */
  setAside?(): Promise<string | undefined>;
  /** Moves it back, unless something has been kept here meanwhile. */
  putBack?(aside: string): Promise<void>;
  subscribe?(listener: (event: StoreEvent) => void): () => void;
}
