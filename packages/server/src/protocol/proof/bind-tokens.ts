import type { Parameters } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { boundToKey, type TokenBinding } from './binding.js';
import { claimProof, type Proof, refuseProof, USED_BEFORE } from './proof.js';

/** What the tokens of a request will be bound to: the key of its proof, which is used up. @spec RFC 9449 §5, §5.2 */
// @check 188, 192, 196
export async function bindTokens(
  proof: Proof | undefined,
  client: Client,
  context: Pick<Context, 'clock' | 'hashing' | 'store'>,
): Promise<TokenBinding> {
  if (proof === undefined && client.dpopBoundAccessTokens)
    throw new OAuthError(
      'invalid_dpop_proof',
      'The tokens of this client are bound to a key: send a DPoP header with a proof of it.',
      { reason: 'dpop_missing' },
    );
  if (proof !== undefined && !(await claimProof(proof, context))) throw refuseProof(USED_BEFORE);
  return boundToKey(proof?.thumbprint);
}

/** The key that a code shall be bound to: of the proof, which is used up, or of dpop_jkt; they must agree. @spec RFC 9449 §10.1 */
// @check 105
export async function claimKey(
  proof: Proof | undefined,
  { values }: Pick<Parameters, 'values'>,
  context: Pick<Context, 'clock' | 'hashing' | 'store'>,
): Promise<string | undefined> {
  const named = values.get('dpop_jkt');
  if (proof === undefined) return named;
  if (named !== undefined && named !== proof.thumbprint)
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt names another key than the one of the DPoP proof.', {
      reason: 'dpop_key',
    });
  if (!(await claimProof(proof, context))) throw refuseProof(USED_BEFORE);
  return proof.thumbprint;
}

/** Refuses another key, or none, for what was bound to one before: a code, a refresh token. @spec RFC 9449 §5, §10 */
// @check 65, 159, 197
export function demandKey(
  { boundTo, what }: { readonly boundTo: string | undefined; readonly what: string },
  binding: TokenBinding,
): void {
  if (boundTo === undefined || binding.confirmation?.jkt === boundTo) return;
  if (binding.confirmation === undefined)
    throw new OAuthError('invalid_dpop_proof', `${what} is bound to a key: send a DPoP header with a proof of it.`, {
      reason: 'dpop_missing',
    });
  throw new OAuthError('invalid_grant', `${what} is bound to another key than the one of the DPoP proof.`, {
    reason: 'dpop_key',
  });
}
