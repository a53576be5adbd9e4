import { changeOwnProfile } from '../../admin/users/own-profile.js';
import { authenticateBearer, requireFirstParty, requireScope } from '../../protocol/bearer.js';
import { OAuthError } from '../../protocol/error.js';
import type { Answer } from '../answer.js';
import { answerUserInfo } from '../endpoints/userinfo.js';
import { type Incoming, jsonBody } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';

/** PUT /oidc/userinfo: a person changes their own profile; the answer is UserInfo as it is then. @spec surface §1.8 */
export async function changeUserInfo(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { origin } = request;
  const token = await authenticateBearer(presentedBy(request, context), context);
  requireScope(token, 'openid');
  requireFirstParty(token);
  const { user } = token;
  if (!user) throw new OAuthError('insufficient_scope', 'No person stands behind this token.');
  await changeOwnProfile(jsonBody(request), { user, token, origin }, context);
  const changed = await context.store.users.find(user.id);
  return answerUserInfo({ ...token, user: changed ?? user }, context);
}
