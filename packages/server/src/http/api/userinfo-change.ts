import { changeOwnProfile } from '../../admin/users/own-profile.js';
import { authenticateBearer, requireScope } from '../../protocol/bearer.js';
import { OAuthError } from '../../protocol/error.js';
import type { Answer } from '../answer.js';
import { userInfo } from '../endpoints/userinfo.js';
import { type Incoming, jsonBody } from '../incoming.js';
import type { Web } from '../web.js';

/** PUT /oidc/userinfo: a person changes their own profile; the answer is UserInfo as it is then. @spec surface §1.8 */
export async function changeUserInfo(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { origin } = request;
  const token = await authenticateBearer({ authorization: request.header('authorization'), origin }, context);
  requireScope(token, 'openid');
  const { user } = token;
  if (!user) throw new OAuthError('insufficient_scope', 'No person stands behind this token.');
  if (user.requiresPasswordChange && context.settings['password_change.enforced'])
    throw new OAuthError('access_denied', 'Password change required before anything else', { status: 403 });
  await changeOwnProfile(jsonBody(request), { user, token, origin }, context);
  return userInfo(request, web);
}
