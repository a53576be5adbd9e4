import { OAuthError } from '../../protocol/error.js';
import { exchange } from '../../protocol/token/exchange.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';
import { readForm, readJson } from './parameters.js';

/** POST {api}/oauth/token. The query string is never read. @spec OAuth 2.1 §3.2 */
export async function token(request: Incoming, { context }: Web): Promise<Answer> {
  const form = readForm(request, 'token');
  return json(await exchange({ form, ...presentedBy(request, context) }, context));
}

/** POST {api}/oauth/refresh with a JSON body, for scripts of older versions. */
export async function refresh(request: Incoming, { context }: Web): Promise<Answer> {
  const form = readJson(request, 'refresh');
  const grantType = form.values.get('grant_type') ?? 'refresh_token';
  if (grantType !== 'refresh_token')
    throw new OAuthError('unsupported_grant_type', 'Only grant_type refresh_token is accepted here.');
  const values = new Map(form.values).set('grant_type', grantType);
  return json(await exchange({ form: { ...form, values }, ...presentedBy(request, context) }, context));
}
