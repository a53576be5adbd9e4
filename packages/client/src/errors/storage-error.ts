/** Failures of the place where tokens are kept. */
import { AuthError, type AuthErrorCode, type AuthErrorParts } from './auth-error.js';

/** What is wrong with the store: the three keyring cases (locked, denied, unavailable) are never mixed up with a lost key or a broken file. */
export type StorageFailure = 'locked' | 'denied' | 'corrupt' | 'too_large' | 'key_lost' | 'unavailable';

/**
 * Stored credentials could not be read or written; nothing was deleted.
 *
 * @example
 * ```ts
 * if (isAuthError(error, 'storage_locked')) console.error('Unlock your keyring and try again.');
 * ```
 */
export class StorageError extends AuthError {
  readonly failure: StorageFailure;

  constructor(parts: Omit<AuthErrorParts, 'code'> & { readonly failure: StorageFailure }) {
    super({ ...parts, code: codes[parts.failure] });
    this.failure = parts.failure;
  }
}

const codes: Readonly<Record<StorageFailure, AuthErrorCode>> = {
  locked: 'storage_locked',
  denied: 'storage_denied',
  corrupt: 'storage_corrupt',
  too_large: 'storage_too_large',
  key_lost: 'storage_key_lost',
  unavailable: 'storage_unavailable',
};
