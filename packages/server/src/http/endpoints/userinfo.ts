import type { Context } from '../../ports/context.js';
import { authenticateBearer } from '../../protocol/bearer.js';
import type { LiveToken } from '../../protocol/token-state/live-token.js';
import { userinfo } from '../../protocol/userinfo/userinfo.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';
import { readForm } from './parameters.js';

/** GET and POST /oidc/userinfo. A token in the query string is not read. @spec OpenID Connect Core §5.3 */
export async function userInfo(request: Incoming, { context }: Web): Promise<Answer> {
  const inForm = request.method === 'POST' && request.contentType === 'application/x-www-form-urlencoded';
  const inBody = inForm ? readForm(request, 'userInfoByPost').values.get('access_token') : undefined;
  return answerUserInfo(await authenticateBearer({ ...presentedBy(request, context), inBody }, context), context);
}

/** UserInfo for a token that has been checked. */
export async function answerUserInfo(token: LiveToken, context: Context): Promise<Answer> {
  const answer = await userinfo(token, context);
  if (answer.kind === 'json') return json(answer.claims);
  return { ...json(''), headers: { ...json('').headers, 'Content-Type': 'application/jwt' }, body: answer.jwt };
}
