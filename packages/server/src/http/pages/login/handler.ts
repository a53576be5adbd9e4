import { currentSession, startSession } from '../../../identity/browser-session.js';
import { beginPendingSignIn } from '../../../identity/second-factor/pending-sign-in.js';
import { type SignInRefusal, signIn } from '../../../identity/sign-in.js';
import { OverloadedError } from '../../../ports/password-hasher.js';
import { AuthorizationError } from '../../../protocol/authorize/authorization-error.js';
import { errorResponse } from '../../../protocol/authorize/respond.js';
import { type Answer, html, seeOther } from '../../answer.js';
import { readCookie, setCookie } from '../../cookies.js';
import { pagePolicy } from '../../headers.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { carriedDestination, destination } from '../destination.js';
import { browserOf, demandOwnPost, type Flow, flowForm, openFlow, PageError, pageForm } from '../flow.js';
import { sendResponse } from '../form-post/send.js';
import { renderPage } from '../render.js';
import { secondFactorAddress } from '../second-factor/address.js';
import { type LoginProblem, type LoginProps, loginPage } from './view.js';

const PARAMETERS = new Set(['flow', 'chosen', 'username', 'password', 'csrf', 'to', 'user_code', 'reason']);

/** GET /login: for an authorization request, for the device page, or for the account page. */
export async function showLogin(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  const browser = browserOf(request, web);
  const flow = values.has('flow')
    ? await openFlow({ handle: values.get('flow') }, request, browser.secret, web)
    : undefined;
  const signedIn = await currentSession(readCookie(request, 'session', web.context.settings), web.context);
  if (!flow && signedIn && values.get('reason') === undefined) return seeOther(destination(values, web));
  const reason = reasonFor(values.get('reason'), flow, signedIn !== undefined);
  const answer = page(
    { flow, values, browser: browser.secret, reason, username: flow?.interaction.request.loginHint },
    200,
    web,
  );
  return browser.isNew
    ? {
        ...answer,
        headers: { ...answer.headers, 'Set-Cookie': setCookie('browser', browser.secret, web.context.settings) },
      }
    : answer;
}

/** POST /login. */
export async function submitLogin(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, PARAMETERS);
  const handle = values.get('flow');
  const browser = demandOwnPost(request, values, purposeOf(handle), web);
  const flow = handle === undefined ? undefined : await openFlow({ handle }, request, browser, web);
  const username = values.get('username');
  const password = values.get('password');
  const retry = (problem: LoginProblem, status: number): Answer =>
    page({ flow, values, browser, problem, username }, status, web);
  if (username === undefined || username.trim() === '') return retry({ code: 'missing_username' }, 400);
  if (password === undefined) return retry({ code: 'missing_password' }, 400);
  const result = await signIn({ login: username, password, origin: request.origin, method: 'page' }, context).catch(
    (error: unknown) => {
      if (error instanceof OverloadedError) return error;
      throw error;
    },
  );
  if (result instanceof OverloadedError)
    return withRetryAfter(
      retry({ code: 'busy', retryAfterSeconds: result.retryAfterSeconds }, 503),
      result.retryAfterSeconds,
    );
  if (result.kind !== 'signed-in') return refused(result, retry);
  if (result.secondFactor.length > 0) {
    const pending = await beginPendingSignIn(result.user.id, browser, context);
    return seeOther(secondFactorAddress({ pending, flow: flow?.handle }, values, web));
  }
  const before = await currentSession(readCookie(request, 'session', context.settings), context);
  const { secret } = await startSession({ user: result.user, before, origin: request.origin }, context);
  const location = flow
    ? `${web.base}${context.settings.api_prefix}/oauth/authorize?flow=${flow.handle}`
    : destination(values, web);
  return seeOther(location, { 'Set-Cookie': setCookie('session', secret, context.settings) });
}

/** POST /login/cancel: the person does not want to sign in; the application is told. */
export async function cancelLogin(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, PARAMETERS);
  const handle = values.get('flow');
  const browser = demandOwnPost(request, values, purposeOf(handle), web);
  const flow = await openFlow({ handle }, request, browser, web);
  const first = await web.context.store.interactions.complete(flow.interaction.idHash, web.context.clock.now());
  if (!first) throw new PageError('expired', 400);
  return sendResponse(
    errorResponse(
      new AuthorizationError('access_denied', 'The person did not sign in.', flow.interaction.request),
      web.context,
    ),
    web,
  );
}

function purposeOf(handle: string | undefined): string {
  return handle === undefined ? 'login' : `flow:${handle}`;
}

function refused(refusal: SignInRefusal, retry: (problem: LoginProblem, status: number) => Answer): Answer {
  switch (refusal.kind) {
    case 'wrong':
      return retry({ code: 'wrong_credentials' }, 401);
    case 'inactive':
      return retry({ code: 'deactivated' }, 403);
    case 'unverified':
      return retry({ code: 'not_verified' }, 403);
    case 'locked':
    case 'limited': {
      const code = refusal.kind === 'locked' ? 'locked' : 'rate_limited';
      return withRetryAfter(
        retry({ code, retryAfterSeconds: refusal.retryAfterSeconds }, 429),
        refusal.retryAfterSeconds,
      );
    }
  }
}

function withRetryAfter(answer: Answer, seconds: number): Answer {
  return { ...answer, headers: { ...answer.headers, 'Retry-After': String(Math.max(1, Math.ceil(seconds))) } };
}

function reasonFor(asked: string | undefined, flow: Flow | undefined, signedIn: boolean): LoginProps['reason'] {
  if (asked === 'password_changed' || asked === 'switch_account' || asked === 'signed_out' || asked === 'expired')
    return asked;
  if (asked === 'reauthenticate' && signedIn) return asked;
  if (flow && signedIn)
    return flow.interaction.request.prompts.includes('login') || flow.interaction.request.maxAge !== undefined
      ? 'reauthenticate'
      : 'switch_account';
  return undefined;
}

interface PageInput {
  readonly flow: Flow | undefined;
  readonly values: ReadonlyMap<string, string>;
  readonly browser: string;
  readonly username?: string;
  readonly reason?: LoginProps['reason'];
  readonly problem?: LoginProblem;
}

function page({ flow, values, browser, username, reason, problem }: PageInput, status: number, web: Web): Answer {
  const toDevice = values.get('to') === 'device';
  const target = flow
    ? flowForm('/login', flow, browser, web)
    : pageForm('/login', 'login', browser, web, carriedDestination(values));
  const view = loginPage(
    {
      ...target,
      to: flow ? { kind: 'app', name: flow.client.name } : toDevice ? { kind: 'device' } : undefined,
      username,
      reason,
      problem,
      cancel: flow && flowForm('/login/cancel', flow, browser, web),
    },
    web.shell,
  );
  return html(renderPage(view), {
    status,
    headers: pagePolicy({ formTargets: flow ? [flow.interaction.request.redirectUri] : [] }),
  });
}
