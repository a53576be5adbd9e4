import { readParameters } from '@authly/oauth';
import { OAuthError } from '../../protocol/error.js';
import { exchange } from '../../protocol/token/exchange.js';
import { TOKEN_PARAMETERS } from '../../protocol/token/token-request.js';
import { type Answer, json } from '../answer.js';
import { formParameters, type Incoming, jsonBody } from '../incoming.js';
import type { Web } from '../web.js';

/** POST {api}/oauth/token. The query string is never read. @spec OAuth 2.1 §3.2 */
export async function token(request: Incoming, { context }: Web): Promise<Answer> {
  const form = formParameters(request, TOKEN_PARAMETERS);
  const response = await exchange(
    { form, authorization: request.header('authorization'), origin: request.origin },
    context,
  ).then(
    (answer) => {
      context.events.emit({
        type: 'token_request',
        grantType: form.values.get('grant_type') ?? '',
        outcome: 'success',
      });
      return answer;
    },
    (error: unknown) => {
      context.events.emit({ type: 'token_request', grantType: form.values.get('grant_type') ?? '', outcome: 'error' });
      throw error;
    },
  );
  return json(response);
}

/** POST {api}/oauth/refresh with a JSON body, for scripts of older versions. */
export async function refresh(request: Incoming, { context }: Web): Promise<Answer> {
  const pairs = Object.entries(jsonBody(request)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  const form = readParameters(pairs, TOKEN_PARAMETERS);
  const grantType = form.values.get('grant_type') ?? 'refresh_token';
  if (grantType !== 'refresh_token')
    throw new OAuthError('unsupported_grant_type', 'Only grant_type refresh_token is accepted here.');
  const values = new Map(form.values).set('grant_type', grantType);
  const response = await exchange(
    { form: { ...form, values }, authorization: request.header('authorization'), origin: request.origin },
    context,
  );
  return json(response);
}
