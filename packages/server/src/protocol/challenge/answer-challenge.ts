import { type Parameters, AUTHORIZATION_CHALLENGE } from '@authly/oauth';
import { addressRange } from '../../identity/places.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { authenticateClient } from '../client/authenticate.js';
import { OAuthError, tooMany } from '../error.js';
import type { Presented } from '../presented.js';
import { claimKey } from '../proof/bind-tokens.js';
import { readProof } from '../proof/proof.js';
import { beginLogin } from './begin-login.js';
import { finishLogin, findChallenge } from './finish-login.js';
import { checkChallengeForm } from './parameters.js';
import { redirectToWeb } from './refusals.js';

/** A request to the authorization challenge endpoint, read but not yet believed. */
export interface ChallengeRequest extends Presented {
  readonly form: Parameters;
}

/**
 * A login inside a first-party program, round by round: which client, may it, then a code or what is still missing. What is
 * missing is thrown, as every refusal is. @spec draft-ietf-oauth-first-party-apps §5
 */
export async function answerChallenge(
  request: ChallengeRequest,
  context: Context,
): Promise<{ readonly authorization_code: string }> {
  const { form, origin } = request;
  // 1 the form as a whole
  checkChallengeForm(form);
  const proof = readProof(request.proof, context);
  // 2 which login goes on
  const authSession = form.values.get('auth_session');
  if (authSession !== undefined) await limitRounds(origin, context);
  const pending = authSession === undefined ? undefined : await findChallenge(authSession, context);
  // 3 which client asks; a public one need not repeat its name
  const { client } = await authenticateClient({ ...request, fallback: pending?.question.clientId }, context);
  // 4 may it
  checkMayChallenge(client, context);
  // 5 the first round, or the next
  const boundTo = await claimKey(proof, form, context);
  const code =
    authSession === undefined
      ? await beginLogin({ form, origin, client, boundTo }, context)
      : await finishLogin({ form, origin, client, pending, boundTo }, context);
  return { authorization_code: code };
}

/** Whoever may take passwords is a decision of the operator, never of the client. @spec draft-ietf-oauth-first-party-apps §9.1 */
function checkMayChallenge(client: Client, context: Pick<Context, 'settings'>): void {
  const isTrusted = client.isFirstParty || client.grantTypes.includes(AUTHORIZATION_CHALLENGE);
  if (!isTrusted || !client.grantTypes.includes('authorization_code'))
    throw new OAuthError(
      'unauthorized_client',
      `This client may not take passwords itself. An administrator can allow it with the grant types authorization_code and ${AUTHORIZATION_CHALLENGE}.`,
    );
  if (!context.settings['challenge_endpoint.enabled'])
    throw redirectToWeb('Logins inside programs are switched off here (AUTHLY_CHALLENGE_ENDPOINT_ENABLED).');
}

/** A first round counts as a login; for those that follow, whoever guesses is held up too. */
async function limitRounds(origin: RequestOrigin, context: Pick<Context, 'limiter' | 'settings'>): Promise<void> {
  const limit = await context.limiter.consume({
    key: `challenge-from:${addressRange(origin.ip)}`,
    points: context.settings['login.address_limit'],
    windowSeconds: context.settings['login.rate_window'],
  });
  if (!limit.allowed)
    throw tooMany('invalid_grant', 'Too many login attempts. Wait, then try again.', limit.resetSeconds);
}
