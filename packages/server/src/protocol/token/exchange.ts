import type { GrantType, Parameters, TokenResponse } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { authenticateClient } from '../client/authenticate.js';
import type { AuthenticatedClient } from '../client/authenticated-client.js';
import { OAuthError } from '../error.js';
import { FIRST_PARTY_CLIENT_ID } from '../first-party.js';
import type { Presented } from '../presented.js';
import { bindTokens } from '../proof/bind-tokens.js';
import { type Proof, readProof } from '../proof/proof.js';
import type { Decision } from './authorization.js';
import { type GrantCaller, GRANTS } from './grants/index.js';
import { issue } from './issue.js';
import { grantTypeOf, TOKEN_REQUESTS } from './token-request.js';

/** A request to the token endpoint, read but not yet believed. */
export interface ExchangeRequest extends Presented {
  readonly form: Parameters;
}

/** The token endpoint. @spec OAuth 2.1 §3.2 */
export async function exchange(request: ExchangeRequest, context: Context): Promise<TokenResponse> {
  // Before anything is counted, or used up: whoever is asked for a nonce comes again with the same request. @spec RFC 9449 §8
  const proof = readProof(request.proof, context);
  const count = (outcome: 'success' | 'error'): void =>
    context.events.emit({ type: 'token_request', grantType: request.form.values.get('grant_type') ?? '', outcome });
  try {
    const response = await answer(request, proof, context);
    count('success');
    return response;
  } catch (error) {
    count('error');
    throw error;
  }
}

/** In five phases, the same for every grant; a grant fills in the fourth and can forget none of the others. */
// @check 125, 126, 130, 131
async function answer(
  { form, authorization, origin }: ExchangeRequest,
  proof: Proof | undefined,
  context: Context,
): Promise<TokenResponse> {
  const grantType = grantTypeOf(form);
  if (grantType === 'password' && !context.settings['password_grant.enabled']) throw passwordGrantOff();
  // 1 which client asks
  const authenticated = await authenticateClient(
    { form, authorization, origin, fallback: fallbackFor(grantType) },
    context,
  );
  context.events.emit({ type: 'client_request', clientId: authenticated.client.clientId, endpoint: 'token' });
  // 2 may it use this grant
  mayUse(grantType, authenticated);
  // 3 what the tokens will be bound to
  const binding = await bindTokens(proof, authenticated.client, context);
  // 4 the grant decides
  const decision = await decide(grantType, form, { ...authenticated, origin, binding }, context);
  if ('repeated' in decision) return decision.repeated;
  // 5 make the tokens, store them with the event, answer
  return issue(decision, { binding, origin }, context);
}

function decide<Type extends GrantType>(
  grantType: Type,
  form: Parameters,
  caller: GrantCaller,
  context: Context,
): Promise<Decision> {
  return GRANTS[grantType](TOKEN_REQUESTS[grantType](form), caller, context);
}

/** Scripts log in with a name and a password alone; they are taken for our own public client. */
function fallbackFor(grantType: GrantType): string | undefined {
  return grantType === 'password' || grantType === 'refresh_token' ? FIRST_PARTY_CLIENT_ID : undefined;
}

function mayUse(grantType: GrantType, { client }: AuthenticatedClient): void {
  if (client.grantTypes.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `This client is not registered for the grant type ${grantType}.`, {
    reason: 'grant_not_allowed',
  });
}

function passwordGrantOff(): OAuthError {
  return new OAuthError(
    'unsupported_grant_type',
    'The password grant is switched off. An operator can switch it on with AUTHLY_PASSWORD_GRANT_ENABLED=true; logging in by browser or device code is safer.',
    { reason: 'password_grant_off' },
  );
}
