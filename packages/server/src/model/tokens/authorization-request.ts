import type { ClientId, Prompt, ResponseMode, TokenHash, TrustedRedirect } from '@authly/oauth';
import type { ClaimsRequest } from './claims-request.js';

/** An authorization request whose every parameter has been checked. @spec OAuth 2.1 §4.1.1, OpenID Connect Core §3.1.2.1 */
export interface AuthorizationRequest {
  readonly clientId: ClientId;
  readonly redirectUri: TrustedRedirect;
  readonly scopes: readonly string[];
  readonly state?: string;
  readonly responseMode: ResponseMode;
  readonly codeChallenge?: string;
  readonly nonce?: string;
  /** The thumbprint of the key that alone may use the code. */
  readonly boundTo?: string;
  readonly prompts: readonly Prompt[];
  /** Seconds. */
  readonly maxAge?: number;
  readonly loginHint?: string;
  /** The `sub` of the ID token hint, whose signature was checked. */
  readonly hintedSubject?: string;
  readonly acrValues: readonly string[];
  readonly uiLocales?: string;
  readonly display?: string;
  readonly claims?: ClaimsRequest;
  readonly resources: readonly string[];
  /** The pushed request that it is, which is used up when a code is issued for it. */
  readonly pushed?: TokenHash;
}

/** What is asked for, without where the answer goes: the same for requests that come without a browser. */
export type AuthorizationQuestion = Omit<
  AuthorizationRequest,
  'redirectUri' | 'responseMode' | 'state' | 'loginHint' | 'uiLocales' | 'display' | 'pushed'
>;

/** An authorization request that waits for a person. */
export interface Interaction {
  readonly idHash: string;
  /** Hash of the browser cookie that may go on with it; unbound until the first page. */
  readonly browserHash?: string;
  readonly request: AuthorizationRequest;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt?: Date;
}
