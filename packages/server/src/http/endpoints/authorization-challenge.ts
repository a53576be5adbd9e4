import { answerChallenge } from '../../protocol/challenge/answer-challenge.js';
import { OAuthError } from '../../protocol/error.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';
import { readForm } from './parameters.js';

/** POST {api}/oauth/authorize-challenge. The query string is never read. @spec draft-ietf-oauth-first-party-apps §5 */
export async function authorizationChallenge(request: Incoming, { context }: Web): Promise<Answer> {
  const form = readForm(request, 'authorizeChallenge');
  const answer = await answerChallenge({ form, ...presentedBy(request, context) }, context).catch((error: unknown) => {
    if (error instanceof OAuthError) context.events.emit({ type: 'authorization', outcome: error.code });
    throw error;
  });
  context.events.emit({ type: 'authorization', outcome: 'code' });
  return json(answer);
}
