import { isResponseMode, type OAuthErrorCode, type Parameters } from '@authly/oauth';
import type { AuthorizationRequest } from '../../model/tokens/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { parameterNames } from '../endpoints/table.js';
import { OAuthError } from '../error.js';
import type { RefusalReason } from '../refusal-reason.js';
import { AuthorizationError, type ReturnAddress } from './authorization-error.js';
import { LONGEST, readQuestion, refuseRequestObjects, tooLongParameter } from './question.js';
import { trustRedirect } from './trust-redirect.js';

/** Checks an authorization request, in the order in which its parameters are to be believed. @spec OAuth 2.1 §4.1.1 */
// @check 34, 35, 40, 42, 45, 54, 62, 66
export async function validateAuthorizationRequest(
  parameters: Parameters,
  context: Context,
  way: 'browser' | 'pushed' = 'browser',
): Promise<{ readonly request: AuthorizationRequest; readonly client: Client }> {
  const { client, redirectUri } = await trustRedirect(parameters, context);
  const { values } = parameters;
  const returnTo = returnAddress(parameters, redirectUri);
  const refuse: Refuse = (code, description, reason) => {
    throw new AuthorizationError(code, description, returnTo, reason);
  };

  const [repeated] = parameters.repeated;
  if (repeated !== undefined) refuse('invalid_request', `The parameter ${repeated} was sent more than once.`);
  const tooLong = tooLongParameter(values, parameterNames('authorize'));
  if (tooLong !== undefined) refuse('invalid_request', `The parameter ${tooLong} is too long.`);
  await refuseByRedirect(returnTo, async () => refuseRequestObjects(values));
  const responseMode = values.get('response_mode');
  if (responseMode !== undefined && !isResponseMode(responseMode))
    refuse('invalid_request', 'response_mode must be query, fragment or form_post.');
  checkResponseType(values.get('response_type'), refuse);
  if (way === 'browser' && (client.requirePushedAuthorizationRequests || context.settings['authorization.require_par']))
    refuse(
      'invalid_request',
      'The authorization request must be pushed first (pushed_authorization_request_endpoint).',
      'par_missing',
    );
  if (!client.grantTypes.includes('authorization_code'))
    refuse(
      'unauthorized_client',
      'This client is not registered for the authorization code flow.',
      'grant_not_allowed',
    );
  const question = await refuseByRedirect(returnTo, () => readQuestion(parameters, client, context));

  const request: AuthorizationRequest = {
    ...question,
    redirectUri,
    responseMode: returnTo.responseMode,
    state: values.get('state'),
    loginHint: values.get('login_hint'),
    uiLocales: values.get('ui_locales'),
    display: values.get('display'),
  };
  return { request, client };
}

function returnAddress({ values, repeated }: Parameters, redirectUri: ReturnAddress['redirectUri']): ReturnAddress {
  const mode = values.get('response_mode');
  return {
    redirectUri,
    responseMode: mode !== undefined && isResponseMode(mode) && !repeated.includes('response_mode') ? mode : 'query',
    ...(values.has('state') &&
      !repeated.includes('state') && { state: (values.get('state') as string).slice(0, LONGEST.state) }),
  };
}

type Refuse = (code: OAuthErrorCode, description: string, reason?: RefusalReason) => never;

/** Turns a refusal of a shared rule into one that travels by redirect. */
async function refuseByRedirect<T>(returnTo: ReturnAddress, rule: () => Promise<T>): Promise<T> {
  try {
    return await rule();
  } catch (error) {
    if (error instanceof OAuthError)
      throw new AuthorizationError(error.code, error.description, returnTo, error.reason);
    throw error;
  }
}

/** Only the code flow: no token ever travels through the browser. @spec RFC 9700 §2.1.2 */
function checkResponseType(value: string | undefined, refuse: Refuse): void {
  if (value === undefined) refuse('invalid_request', 'The parameter response_type is missing.', 'response_type');
  if (value !== 'code') refuse('unsupported_response_type', 'response_type must be code.', 'response_type');
}
