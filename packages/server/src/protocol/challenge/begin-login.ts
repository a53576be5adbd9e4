import type { Parameters } from '@authly/oauth';
import { proveToProgram } from '../../identity/prove-to-program.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { AuthorizationQuestion } from '../../model/tokens/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { readQuestion } from '../authorize/question.js';
import { loginEnded } from '../error.js';
import { ACR_MULTI_FACTOR } from '../../identity/assurance.js';
import { signInRefusal } from '../token/grants/sign-in-refusal.js';
import { required } from '../token/token-request.js';
import { demandNothingLeft, makeLoginCode } from './issue.js';
import { moreNeeded } from './refusals.js';

/** Time to find the phone, and to type. */
const LIFETIME_SECONDS = 600;

/** The first round: name and password, and the second factor where the program has asked for it already. Answers a code. */
export async function beginLogin(
  {
    form,
    origin,
    client,
    boundTo,
  }: {
    readonly form: Parameters;
    readonly origin: RequestOrigin;
    readonly client: Client;
    /** The key that alone may use the code. */
    readonly boundTo: string | undefined;
  },
  context: Context,
): Promise<string> {
  const login = required(form, 'username');
  const password = required(form, 'password');
  const question = { ...(await readQuestion(form, client, context)), boundTo };
  const proof = await proveToProgram(
    { login, password, code: form.values.get('otp'), origin, method: 'challenge' },
    context,
  );
  switch (proof.kind) {
    case 'proved': {
      const proved = { question, client, user: proof.user, acr: proof.acr, amr: proof.amr };
      await demandNothingLeft(proved, context);
      const made = await makeLoginCode(proved, context);
      if (!(await context.store.codes.issue(made.grant, made.code))) throw loginEnded();
      return made.secret;
    }
    case 'second-factor': {
      const { user, methods } = proof;
      // Nobody types a code for nothing.
      await demandNothingLeft({ question, client, user, acr: ACR_MULTI_FACTOR }, context);
      const attempts = proof.code === 'missing' ? 0 : 1;
      throw moreNeeded(await putAside({ question, user, attempts }, context), methods, proof.code);
    }
    case 'wrong':
    case 'inactive':
    case 'locked':
    case 'limited':
      throw signInRefusal(proof);
  }
}

/** Keeps what was proved so far; answers the auth_session that goes on with it. */
async function putAside(
  {
    question,
    user,
    attempts,
  }: {
    readonly question: AuthorizationQuestion;
    readonly user: User;
    readonly attempts: number;
  },
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'store'>,
): Promise<string> {
  const now = context.clock.now();
  const authSession = context.random.bytes(32).toString('base64url');
  const added = await context.store.loginChallenges.add({
    hash: context.hashing.tokenHash(authSession),
    userId: user.id,
    loginEpoch: user.loginEpoch,
    question,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000),
    attempts,
  });
  if (!added) throw loginEnded();
  return authSession;
}
