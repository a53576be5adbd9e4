/** What a login takes and what it gives. */
import type { AuthMethod } from '../credentials/credential.js';
import type { PasswordPrompter } from '../flows/password/password-login.js';
import type { Secret } from '../secret.js';
import type { StoreInfo } from '../store/token-store.js';

/** What is asked of a login; everything may be left out. */
export interface LoginOptions {
  readonly profileName?: string;
  readonly method?: AuthMethod | 'auto';
  readonly scopes?: readonly string[];
  readonly resource?: string;
  /** Logs in anew although there is a usable session. */
  readonly force?: boolean;
  /** Prints the address instead of opening it. */
  readonly noBrowser?: boolean;
  readonly callbackPort?: number;
  /** How long to wait for the person, in milliseconds; 300,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly apiUrl?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  /** The key for the method `api_key`. */
  readonly apiKey?: Secret;
  /** Answers for the method `password`, in place of the terminal. */
  readonly prompt?: PasswordPrompter;
}

/** A finished login. */
export interface LoginResult {
  readonly profile: string;
  readonly method: AuthMethod;
  readonly issuer: string;
  readonly apiUrl?: string;
  readonly subject?: string;
  readonly username?: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: Date;
  /** The name of the record in the token store. */
  readonly key: string;
  readonly storage: StoreInfo;
  /** True when there was a usable session and nothing was asked. */
  readonly alreadyLoggedIn: boolean;
  readonly warnings: readonly string[];
}

/** A login by code that was started and can be finished by another process. */
export interface PendingLogin {
  readonly id: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  readonly expiresAt: Date;
  readonly intervalSeconds: number;
  readonly profile: string;
}
