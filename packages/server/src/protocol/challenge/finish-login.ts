import { canonicalResource, type Parameters, parseScope } from '@authly/oauth';
import { checkSecondFactor, secondFactorMethods } from '../../identity/second-factor/check.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { AuthorizationQuestion } from '../../model/tokens/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { LoginChallenge } from '../../model/tokens/login-challenge.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { signInRefusal } from '../token/grants/sign-in-refusal.js';
import { required } from '../token/token-request.js';
import { demandNothingLeft, makeLoginCode } from './issue.js';
import { invalidSession, moreNeeded } from './refusals.js';

/** Enough for slips; what guessing gains is limited for the person as a whole. */
const MOST_CODES = 5;

/** The login that an auth_session goes on with, whatever its state. */
export async function findChallenge(
  authSession: string,
  context: Pick<Context, 'store' | 'hashing'>,
): Promise<LoginChallenge | undefined> {
  return context.store.loginChallenges.find(context.hashing.tokenHash(authSession));
}

/** The next round: the code of the second factor. Answers an authorization code, once. */
export async function finishLogin(
  {
    form,
    origin,
    client,
    pending,
    boundTo,
  }: {
    readonly form: Parameters;
    readonly origin: RequestOrigin;
    readonly client: Client;
    readonly pending: LoginChallenge | undefined;
    readonly boundTo: string | undefined;
  },
  context: Context,
): Promise<string> {
  if (pending === undefined || pending.question.clientId !== client.clientId) throw invalidSession();
  if (boundTo !== undefined && boundTo !== pending.question.boundTo)
    throw new OAuthError('invalid_dpop_proof', 'The login began with another key, or with none.', {
      reason: 'dpop_key',
    });
  demandSameQuestion(form, pending.question);
  const code = required(form, 'otp');
  // Counted before the code is looked at, so that parallel guesses can't slip through together.
  const challenge = await context.store.loginChallenges.attempt(pending.hash, MOST_CODES, context.clock.now());
  if (challenge === undefined) throw invalidSession();
  const user = await samePerson(challenge, context);
  const check = await checkSecondFactor({ user, code, origin, method: 'challenge' }, context);
  switch (check.kind) {
    case 'right': {
      const login = { question: challenge.question, client, user, ...check.assurance };
      await demandNothingLeft(login, context);
      const made = await makeLoginCode(login, context);
      const won = await context.store.loginChallenges.complete(challenge.hash, made, context.clock.now());
      if (!won) throw invalidSession();
      return made.secret;
    }
    case 'wrong':
      if (challenge.attempts >= MOST_CODES) throw invalidSession('Too many wrong codes. Start the login again.');
      throw moreNeeded(
        required(form, 'auth_session'),
        await secondFactorMethods(user.id, context),
        check.spent ? 'spent' : 'wrong',
      );
    case 'locked':
      throw signInRefusal(check);
  }
}

/** The password that was right must still be: of an account that may still sign in. */
async function samePerson(challenge: LoginChallenge, context: Pick<Context, 'store'>): Promise<User> {
  const user = await context.store.users.find(challenge.userId);
  if (!user?.isActive || user.loginEpoch !== challenge.loginEpoch) throw invalidSession();
  return user;
}

/** One login, one question: what is repeated must be the same, and the person is known. */
function demandSameQuestion({ values, lists }: Parameters, question: AuthorizationQuestion): void {
  const refuseDifference = (name: string): never => {
    throw new OAuthError('invalid_request', `${name} differs from the one that the login began with. Leave it out.`);
  };
  if (values.has('username') || values.has('password'))
    throw new OAuthError('invalid_request', 'The auth_session stands for the person: leave username and password out.');
  const challenge = values.get('code_challenge');
  if (challenge !== undefined && challenge !== question.codeChallenge) refuseDifference('code_challenge');
  const nonce = values.get('nonce');
  // Without openid a nonce means nothing and was not kept.
  if (nonce !== undefined && question.scopes.includes('openid') && nonce !== question.nonce) refuseDifference('nonce');
  const scope = values.get('scope');
  if (scope !== undefined && !sameMembers(parseScope(scope) ?? [], question.scopes)) refuseDifference('scope');
  const resources = lists.get('resource') ?? [];
  if (resources.length > 0 && !sameMembers(resources.map(spelling), question.resources.map(spelling)))
    refuseDifference('resource');
}

/** Two spellings of one resource are the same. */
function spelling(resource: string): string {
  return canonicalResource(resource) ?? resource;
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((member) => right.includes(member));
}
