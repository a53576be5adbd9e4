import { userinfo } from '../../protocol/userinfo.js';
import { type Answer, json } from '../answer.js';
import { formParameters, type Incoming } from '../incoming.js';
import type { Web } from '../web.js';

const PARAMETERS = new Set(['access_token']);

/** GET and POST /oidc/userinfo. A token in the query string is not read. @spec OpenID Connect Core §5.3 */
export async function userInfo(request: Incoming, { context }: Web): Promise<Answer> {
  const inForm = request.method === 'POST' && request.contentType === 'application/x-www-form-urlencoded';
  const inBody = inForm ? formParameters(request, PARAMETERS).values.get('access_token') : undefined;
  const answer = await userinfo(
    { authorization: request.header('authorization'), inBody, origin: request.origin },
    context,
  );
  if (answer.kind === 'json') return json(answer.claims);
  return { ...json(''), headers: { ...json('').headers, 'Content-Type': 'application/jwt' }, body: answer.jwt };
}
