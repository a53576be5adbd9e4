import type { Parameters } from '@authly/oauth';
import { addressRange } from '../../identity/places.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { authenticateClient } from '../client/authenticate.js';
import { OAuthError, tooMany } from '../error.js';
import type { Presented } from '../presented.js';
import { claimKey } from '../proof/bind-tokens.js';
import { readProof } from '../proof/proof.js';
import { AuthorizationError } from './authorization-error.js';
import { checkSize } from './interaction.js';
import { PUSHED_REQUEST_URI } from './pushed-request.js';
import { validateAuthorizationRequest } from './validate.js';

/** @spec RFC 9126 §2.2 */
export interface PushedAuthorization {
  readonly request_uri: string;
  /** Seconds in which a login must begin; it may take longer then. */
  readonly expires_in: number;
}

const LIFETIME_SECONDS = 90;

/**
 * A client sends its authorization request beforehand, and gets an address that stands for it: which client, its proof, then the same
 * checks as at the authorization endpoint. @spec RFC 9126 §2
 */
// @check 94, 95, 96, 97, 98, 100, 105
export async function pushRequest(
  { form, ...presented }: Presented & { readonly form: Parameters },
  context: Context,
): Promise<PushedAuthorization> {
  const proof = readProof(presented.proof, context);
  const { client, method } = await authenticateClient({ form, ...presented }, context);
  if (method === 'none') await limitStrangers(client, presented.origin, context);
  if (form.values.has('request_uri'))
    throw new OAuthError('invalid_request', 'A pushed request cannot name another one: leave request_uri out.');
  const boundTo = await claimKey(proof, form, context);
  const parameters = { ...form, values: new Map(form.values).set('client_id', client.clientId) };
  const { request } = await validateAuthorizationRequest(parameters, context, 'pushed').catch(answerHere);
  if (boundTo !== undefined && request.boundTo !== undefined && request.boundTo !== boundTo)
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt names another key than the one of the DPoP proof.');
  const kept = { ...request, boundTo: boundTo ?? request.boundTo };
  checkSize(kept);
  const uri = `${PUSHED_REQUEST_URI}${context.random.bytes(32).toString('base64url')}`;
  const now = context.clock.now();
  const expiresAt = new Date(now.getTime() + LIFETIME_SECONDS * 1000);
  const hash = context.hashing.tokenHash(uri);
  await context.store.pushedRequests.add({ hash, clientId: client.clientId, request: kept, createdAt: now, expiresAt });
  return { request_uri: uri, expires_in: LIFETIME_SECONDS };
}

/** Nobody is on the way yet: what would travel by redirect is said to the client itself. @spec RFC 9126 §2.3 */
function answerHere(error: unknown): never {
  if (error instanceof AuthorizationError)
    throw new OAuthError(error.code, error.description, { status: 400, reason: error.reason });
  throw error;
}

/** Anybody can name a public client, and each request is kept for a while. */
async function limitStrangers(
  client: Client,
  origin: RequestOrigin,
  { limiter, settings, events }: Pick<Context, 'limiter' | 'settings' | 'events'>,
): Promise<void> {
  const state = await limiter.consume({
    key: `pushed:${client.clientId}:${addressRange(origin.ip)}`,
    points: settings['login.begin_limit'],
    windowSeconds: 60,
  });
  if (state.allowed) return;
  events.emit({ type: 'rate_limit', endpoint: 'par' });
  throw tooMany('temporarily_unavailable', 'Too many requests were pushed. Wait, then try again.', state.resetSeconds);
}
