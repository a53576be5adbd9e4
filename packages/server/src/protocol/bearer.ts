import { DPOP_ALGORITHMS } from '@authly/oauth';
import type { Context } from '../ports/context.js';
import { OAuthError } from './error.js';
import { type Presented, type TokenScheme, tokenInHeader } from './presented.js';
import { checkProof, claimProof, type ProofProblem, USED_BEFORE } from './proof/proof.js';
import { findLiveToken, type LiveToken } from './token-state/live-token.js';

export interface BearerRequest extends Presented {
  /** A token in the form body, where the endpoint takes one. @spec RFC 6750 §2.2 */
  readonly inBody?: string;
  /** The endpoint is for people who must choose a new password too, or tells them so itself. */
  readonly beforePasswordChange?: true;
}

type Needs = Pick<Context, 'store' | 'clock' | 'hashing' | 'directory' | 'settings' | 'signer' | 'proofSignatures'>;

/** The token that protects a resource of our own: alive, meant for this server, and proved where it is bound. @spec RFC 6750 §2, §3 */
// @check 195, 206, 209, 210, 211
export async function authenticateBearer(request: BearerRequest, context: Needs): Promise<LiveToken> {
  const { authorization, inBody } = request;
  if (authorization === undefined && inBody === undefined)
    throw new OAuthError('invalid_token', 'Not authenticated', {
      // The first generation of clients reads the first challenge alone.
      headers: { 'WWW-Authenticate': `Bearer, ${challenge('DPoP', {})}` },
    });
  if (authorization !== undefined && inBody !== undefined) {
    throw new OAuthError('invalid_request', 'Send the token once: in the Authorization header or in the form.', {
      headers: { 'WWW-Authenticate': challenge('Bearer', { error: 'invalid_request' }) },
    });
  }
  const live = await provedToken(request, context);
  if (!meantForUs(live, context)) throw refuseToken('Bearer', 'Could not validate credentials');
  if (live.awaitsPasswordChange && !request.beforePasswordChange)
    throw new OAuthError('access_denied', 'The password must be changed first.', { status: 403 });
  return live;
}

/** The live token of a request, whatever it is meant for; whoever sends a bound one must hold its key. @spec RFC 9449 §7 */
// @check 190, 193, 194
export async function provedToken(
  { authorization, inBody, proof: presented, origin }: BearerRequest,
  context: Needs,
): Promise<LiveToken> {
  const header = inBody === undefined ? tokenInHeader(authorization) : { scheme: 'Bearer' as const, token: inBody };
  if (header?.token === undefined)
    throw refuseToken(header?.scheme ?? 'Bearer', 'The Authorization header is not a bearer token.');
  const { scheme, token } = header;
  if (scheme === 'Bearer') {
    const live = await findLiveToken(token, context, origin);
    if (!live) throw refuseToken('Bearer', 'Could not validate credentials');
    if (live.boundTo !== undefined)
      throw refuseToken('DPoP', 'This token is bound to a key: send it as DPoP, with a proof of the key.');
    return live;
  }
  if (presented === undefined)
    throw refuseProofHere({ code: 'invalid_dpop_proof', description: 'The DPoP header with the proof is missing.' });
  const proof = checkProof(presented, context);
  if ('code' in proof) throw refuseProofHere(proof);
  const live = await findLiveToken(token, context, origin);
  if (!live) throw refuseToken('DPoP', 'Could not validate credentials');
  if (live.boundTo === undefined)
    throw refuseToken('DPoP', 'This token is not bound to a key: send it as Bearer, without a proof.');
  if (live.boundTo !== proof.thumbprint)
    throw refuseToken('DPoP', 'The DPoP proof is made with another key than the one that the token is bound to.');
  if (proof.tokenHash !== context.hashing.sha256(token).toString('base64url'))
    throw refuseProofHere({
      code: 'invalid_dpop_proof',
      description: 'The ath of the DPoP proof must be the hash of the token.',
    });
  if (!(await claimProof(proof, context))) throw refuseProofHere(USED_BEFORE);
  return live;
}

/** Refuses a token that lacks a scope. @spec RFC 6750 §3.1 */
export function requireScope(
  live: LiveToken,
  scope: string,
  description = `The token lacks the scope ${scope}.`,
): void {
  if (live.scopes.includes(scope)) return;
  throw new OAuthError('insufficient_scope', description, { headers: scopeChallenge(live, scope) });
}

/** The header that says which scope is missing, in the scheme in which the token came. */
export function scopeChallenge(live: Pick<LiveToken, 'boundTo'>, scope: string): Readonly<Record<string, string>> {
  return { 'WWW-Authenticate': challenge(schemeOf(live), { error: 'insufficient_scope', scope }) };
}

/** A challenge in the scheme in which the token came. */
export function challengeFor(
  live: Pick<LiveToken, 'boundTo'>,
  parameters: Readonly<Record<string, string | number>>,
): string {
  return challenge(schemeOf(live), parameters);
}

export const FIRST_PARTY_ONLY =
  'Only a login with the own clients of this server may do this; other applications may not.';

/** Refuses the token of any other application, and API keys: what is a person's own is no part of what they let others do. */
export function requireFirstParty(live: LiveToken): void {
  if (!live.isFirstParty) throw new OAuthError('access_denied', FIRST_PARTY_ONLY, { status: 403 });
}

/** A token for another resource is not for us, even though we signed it. @spec RFC 9068 §4 */
function meantForUs(live: LiveToken, context: Pick<Context, 'settings'>): boolean {
  if (live.kind === 'api_key') return true;
  const audience = live.claims?.aud;
  const ours = [context.settings.issuer, context.settings['tokens.default_audience']];
  return (Array.isArray(audience) ? audience : [audience]).some((one) => typeof one === 'string' && ours.includes(one));
}

function schemeOf({ boundTo }: Pick<LiveToken, 'boundTo'>): TokenScheme {
  return boundTo === undefined ? 'Bearer' : 'DPoP';
}

function refuseToken(scheme: TokenScheme, description: string): OAuthError {
  const parameters = { error: 'invalid_token', ...(scheme === 'DPoP' && { error_description: description }) };
  return new OAuthError('invalid_token', description, {
    headers: { 'WWW-Authenticate': challenge(scheme, parameters) },
  });
}

/** Where a token is used, a refused proof is a failed authentication. @spec RFC 9449 §7.1, §9 */
function refuseProofHere({ code, description }: ProofProblem): OAuthError {
  const parameters = { error: code, error_description: description };
  return new OAuthError(code, description, {
    status: 401,
    headers: { 'WWW-Authenticate': challenge('DPoP', parameters) },
  });
}

function challenge(scheme: TokenScheme, parameters: Readonly<Record<string, string | number>>): string {
  const all = scheme === 'DPoP' ? { ...parameters, algs: DPOP_ALGORITHMS.join(' ') } : parameters;
  const written = Object.entries(all).map(([name, value]) =>
    typeof value === 'number' ? `${name}=${value}` : `${name}="${value.replaceAll(/["\\]/g, "'")}"`,
  );
  return [scheme, written.join(', ')].filter((part) => part !== '').join(' ');
}
