import type { OAuthErrorCode, ResponseMode, TrustedRedirect } from '@authly/oauth';
import type { RefusalReason } from '../refusal-reason.js';

/** Where an answer may be sent: only after the redirect address was compared with the registered ones. */
export interface ReturnAddress {
  readonly redirectUri: TrustedRedirect;
  readonly responseMode: ResponseMode;
  readonly state?: string;
}

/** A refusal that the client is told by redirect. @spec OAuth 2.1 §4.1.2.1 */
export class AuthorizationError extends Error {
  constructor(
    readonly code: OAuthErrorCode,
    readonly description: string,
    readonly returnTo: ReturnAddress,
    readonly reason?: RefusalReason,
  ) {
    super(description);
    this.name = 'AuthorizationError';
  }
}
