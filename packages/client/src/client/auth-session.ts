/** What a program hands to the code that calls an API. */
import type { TokenRequest } from '../credentials/credential.js';
import type { Identity } from '../flows/userinfo.js';

/** What the code behind a session needs from its tokens. */
export type SessionOptions = Pick<TokenRequest, 'scopes' | 'resource' | 'minTtlSeconds' | 'signal'>;

/**
 * A session that authorizes requests by itself.
 *
 * @example
 * ```ts
 * const session = await client.getAuthenticatedSession();
 * const answer = await session.fetch('https://api.example.com/vms');
 * ```
 */
export interface AuthSession {
  fetch: typeof globalThis.fetch;
  readonly identity: Identity | undefined;
  readonly expiresAt?: Date;
  /** The session as a source of tokens for other libraries. */
  asAuthProvider(): AuthProvider;
  close(): Promise<void>;
}

/** A source of tokens in the form that the Model Context Protocol's SDK takes. */
export interface AuthProvider {
  token(): Promise<string | undefined>;
  onUnauthorized?(context: { response: Response }): Promise<void>;
}
