import { currentSession, startSession } from '../../../identity/browser-session.js';
import { beginPendingSignIn } from '../../../identity/second-factor/pending-sign-in.js';
import { type SignInRefusal, signIn } from '../../../identity/sign-in.js';
import { OverloadedError } from '../../../ports/crypto/password-hasher.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie, setCookie } from '../../cookies.js';
import { formParameters, type Incoming } from '../../incoming.js';
import type { Web } from '../../web.js';
import { destination } from '../destination.js';
import { demandOwnPost, flowAddress, openFlow } from '../flow.js';
import { backWith } from '../shown-once.js';
import { secondFactorAddress, signInAddress } from './address.js';
import { lastingReason, purposeOf, SIGN_IN_PARAMETERS } from './page.js';
import type { LoginProblem } from './password-view.js';

/** No name or address is longer; it travels in a cookie. */
const LONGEST_SHOWN = 320;

/** POST /login: a name and a password. */
export async function submitLogin(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, SIGN_IN_PARAMETERS);
  const handle = values.get('flow');
  const browser = demandOwnPost(request, values, purposeOf(handle), web);
  const flow = handle === undefined ? undefined : await openFlow({ handle }, request, browser, web);
  const username = values.get('username');
  const password = values.get('password');
  const retry = (problem: LoginProblem, status: number): Answer =>
    backWith(
      signInAddress(lastingReason(values), values, web),
      { problem, status, typed: username?.slice(0, LONGEST_SHOWN) },
      request,
      web,
    );
  if (username === undefined || username.trim() === '') return retry({ code: 'missing_username' }, 400);
  if (password === undefined) return retry({ code: 'missing_password' }, 400);
  const result = await signIn(
    { login: username, password, origin: request.origin, browser, method: 'page' },
    context,
  ).catch((error: unknown) => {
    if (error instanceof OverloadedError) return error;
    throw error;
  });
  if (result instanceof OverloadedError)
    return retry({ code: 'busy', retryAfterSeconds: result.retryAfterSeconds }, 503);
  if (result.kind !== 'signed-in') return showRefusal(result, retry);
  if (result.secondFactor.length > 0) {
    const pending = await beginPendingSignIn(result.user, browser, context);
    return seeOther(secondFactorAddress({ pending, flow: flow?.handle }, values, web));
  }
  const before = await currentSession(readCookie(request, 'session', context.settings), context);
  const { secret } = await startSession({ user: result.user, before, origin: request.origin }, context);
  const location = flow ? flowAddress({ handle: flow.handle }, web) : destination(values, web);
  return seeOther(location, { 'Set-Cookie': setCookie('session', secret, context.settings) });
}

function showRefusal(refusal: SignInRefusal, retry: (problem: LoginProblem, status: number) => Answer): Answer {
  switch (refusal.kind) {
    case 'wrong':
      return retry({ code: 'wrong_credentials' }, 401);
    case 'inactive':
      return retry({ code: 'deactivated' }, 403);
    case 'locked':
    case 'limited': {
      const code = refusal.kind === 'locked' ? 'locked' : 'rate_limited';
      return retry({ code, retryAfterSeconds: refusal.retryAfterSeconds }, 429);
    }
  }
}
