import type { RequestOrigin } from '../model/audit-event.js';
import type { PresentedProof } from './proof/proof.js';

/** What a request brings to say who sent it, read but not yet believed. */
export interface Presented {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The DPoP header. */
  readonly proof: PresentedProof | undefined;
  readonly origin: RequestOrigin;
}

/** The schemes in which an access token stands in the Authorization header. @spec RFC 6750 §2.1, RFC 9449 §7.1 */
export type TokenScheme = 'Bearer' | 'DPoP';

/**
 * The token in an Authorization header; `undefined` where it is of another scheme. Nothing else reads tokens from headers.
 * @spec RFC 9110 §11.1 (the case of a scheme does not matter)
 */
// @check 195
export function tokenInHeader(
  authorization: string | undefined,
): { readonly scheme: TokenScheme; readonly token: string | undefined } | undefined {
  const scheme = /^(?:bearer|dpop)(?= |$)/i.exec(authorization ?? '')?.[0];
  if (authorization === undefined || scheme === undefined) return undefined;
  const token = authorization.slice(scheme.length).trim();
  return {
    scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    token: /^[A-Za-z0-9\-._~+/]+=*$/.test(token) ? token : undefined,
  };
}
