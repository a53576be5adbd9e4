import type { Context } from '../../ports/context.js';

/**
 * The `sub` of an ID token that we issued, expired or not. `invalid` when we did not sign it.
 * @spec OpenID Connect Core §3.1.2.1
 */
// @check 53
export async function hintedSubject(
  hint: string | undefined,
  context: Pick<Context, 'signer' | 'settings'>,
): Promise<string | 'invalid' | undefined> {
  if (hint === undefined) return undefined;
  const token = await readIdToken(hint, context);
  return token?.sub ?? 'invalid';
}

/** The claims of an ID token of ours, expired or not; `undefined` for anything else, access tokens included. */
// @check 253
export async function readIdToken(
  jwt: string,
  context: Pick<Context, 'signer' | 'settings'>,
): Promise<{ readonly sub: string; readonly aud: string; readonly sid?: string } | undefined> {
  const verified = await context.signer.verify(jwt);
  // Some access tokens say that they are a plain JWT; no ID token names a client_id.
  if (!verified || verified.header.typ === 'at+jwt' || 'client_id' in verified.claims) return undefined;
  const { iss, sub, aud, sid } = verified.claims;
  if (iss !== context.settings.issuer || typeof sub !== 'string' || typeof aud !== 'string') return undefined;
  return { sub, aud, ...(typeof sid === 'string' && { sid }) };
}
