/** What the tokens of a request are bound to, so that nobody else can use them. @spec RFC 6749 §7.1 */
export type TokenBinding =
  | { readonly tokenType: 'Bearer'; readonly confirmation?: undefined }
  | { readonly tokenType: 'DPoP'; readonly confirmation: Confirmation };

/** The `cnf` claim: which key the holder of the token has to prove. @spec RFC 7800 §3.1, RFC 9449 §6.1 */
export interface Confirmation {
  /** The thumbprint of the key. */
  readonly jkt: string;
}

/** Whoever holds the token may use it. */
export const BEARER: TokenBinding = { tokenType: 'Bearer' };

export function boundToKey(thumbprint: string | undefined): TokenBinding {
  return thumbprint === undefined ? BEARER : { tokenType: 'DPoP', confirmation: { jkt: thumbprint } };
}

/** The key that the claims of a token, or anything with a `cnf`, name. */
export function thumbprintIn(claims: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const confirmation = claims?.['cnf'];
  if (typeof confirmation !== 'object' || confirmation === null || !('jkt' in confirmation)) return undefined;
  return typeof confirmation.jkt === 'string' ? confirmation.jkt : undefined;
}
