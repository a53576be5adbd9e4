import { answerChallenge } from '../../protocol/challenge/answer-challenge.js';
import { CHALLENGE_PARAMETERS } from '../../protocol/challenge/parameters.js';
import { OAuthError } from '../../protocol/error.js';
import { type Answer, json } from '../answer.js';
import { formParameters, type Incoming } from '../incoming.js';
import type { Web } from '../web.js';

/** POST {api}/oauth/authorize-challenge. The query string is never read. @spec draft-ietf-oauth-first-party-apps §5 */
export async function authorizationChallenge(request: Incoming, { context }: Web): Promise<Answer> {
  const form = formParameters(request, CHALLENGE_PARAMETERS);
  const authorization = request.header('authorization');
  const answer = await answerChallenge({ form, authorization, origin: request.origin }, context).catch(
    (error: unknown) => {
      if (error instanceof OAuthError) context.events.emit({ type: 'authorization', outcome: error.code });
      throw error;
    },
  );
  context.events.emit({ type: 'authorization', outcome: 'code' });
  return json(answer);
}
