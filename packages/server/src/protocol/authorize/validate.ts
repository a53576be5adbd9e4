import { isResponseMode, type OAuthErrorCode, type Parameters } from '@authly/oauth';
import type { AuthorizationRequest } from '../../model/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { AuthorizationError, type ReturnAddress } from './authorization-error.js';
import { QUESTION_PARAMETERS, LONGEST, readQuestion, refuseRequestObjects, tooLongParameter } from './question.js';
import { trustRedirect } from './trust-redirect.js';

/** Every parameter that the authorization endpoint knows; each may come once. */
export const AUTHORIZATION_PARAMETERS: ReadonlySet<string> = new Set([
  ...QUESTION_PARAMETERS,
  'redirect_uri',
  'state',
  'response_mode',
  'display',
  'ui_locales',
  'claims_locales',
  'login_hint',
]);

/** Checks an authorization request, in the order in which its parameters are to be believed. @spec OAuth 2.1 §4.1.1 */
// @check 34, 35, 40, 42, 45, 54, 66
export async function validateAuthorizationRequest(
  parameters: Parameters,
  context: Context,
): Promise<{ readonly request: AuthorizationRequest; readonly client: Client }> {
  const { client, redirectUri } = await trustRedirect(parameters, context);
  const { values } = parameters;
  const returnTo = returnAddress(parameters, redirectUri);
  const refuse = (code: OAuthErrorCode, description: string): never => {
    throw new AuthorizationError(code, description, returnTo);
  };

  const [repeated] = parameters.repeated;
  if (repeated !== undefined) refuse('invalid_request', `The parameter ${repeated} was sent more than once.`);
  const tooLong = tooLongParameter(values, AUTHORIZATION_PARAMETERS);
  if (tooLong !== undefined) refuse('invalid_request', `The parameter ${tooLong} is too long.`);
  await refusing(returnTo, async () => refuseRequestObjects(values));
  const responseMode = values.get('response_mode');
  if (responseMode !== undefined && !isResponseMode(responseMode))
    refuse('invalid_request', 'response_mode must be query, fragment or form_post.');
  checkResponseType(values.get('response_type'), refuse);
  if (!client.grantTypes.includes('authorization_code'))
    refuse('unauthorized_client', 'This client is not registered for the authorization code flow.');
  const question = await refusing(returnTo, () => readQuestion(parameters, client, context));

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

type Refuse = (code: OAuthErrorCode, description: string) => never;

/** Turns a refusal of a shared rule into one that travels by redirect. */
async function refusing<T>(returnTo: ReturnAddress, rule: () => Promise<T>): Promise<T> {
  try {
    return await rule();
  } catch (error) {
    if (error instanceof OAuthError) throw new AuthorizationError(error.code, error.description, returnTo);
    throw error;
  }
}

/** Only the code flow: no token ever travels through the browser. @spec RFC 9700 §2.1.2 */
function checkResponseType(value: string | undefined, refuse: Refuse): void {
  if (value === undefined) refuse('invalid_request', 'The parameter response_type is missing.');
  if (value !== 'code') refuse('unsupported_response_type', 'response_type must be code.');
}
