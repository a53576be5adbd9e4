import { currentSession } from '../../../identity/browser-session.js';
import { AuthorizationError } from '../../../protocol/authorize/authorization-error.js';
import { errorResponse } from '../../../protocol/authorize/respond.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie } from '../../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { carriedDestination, destination } from '../destination.js';
import { type Browser, browserOf, demandOwnPost, type Flow, flowForm, openFlow, PageError, pageForm } from '../flow.js';
import { leaveFlow } from '../going-back/handler.js';
import { appLogo } from '../app-logo.js';
import { pageAnswer } from '../page-answer.js';
import { readShownOnce, type ShownOnce } from '../shown-once.js';
import { signInAddress } from './address.js';
import { type LoginProblem, type LoginProps, loginPage } from './password-view.js';

/** What the forms of the sign-in page send, and the addresses that lead to it. */
export const SIGN_IN_PARAMETERS = new Set([
  'flow',
  'chosen',
  'username',
  'password',
  'csrf',
  'to',
  'user_code',
  'reason',
]);

/** GET /login: for an authorization request, for the device page, or for the account page. */
export async function showLogin(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, SIGN_IN_PARAMETERS);
  const browser = browserOf(request, web);
  const flow = values.has('flow')
    ? await openFlow({ handle: values.get('flow') }, request, browser.secret, web)
    : undefined;
  const signedIn = await currentSession(readCookie(request, 'session', web.context.settings), web.context);
  if (!flow && signedIn && values.get('reason') === undefined) return seeOther(destination(values, web));
  const reason = reasonFor(values.get('reason'), flow, signedIn !== undefined);
  const said = readShownOnce<LoginProblem>(signInAddress(lastingReason(values), values, web), request, web);
  return signInPage({ flow, values, browser, reason, said }, web);
}

/** The reason that still holds after a wrong password: whoever is signed in is asked all the same. */
export function lastingReason(values: ReadonlyMap<string, string>): 'switch_account' | 'reauthenticate' | undefined {
  const reason = values.get('reason');
  return reason === 'switch_account' || reason === 'reauthenticate' ? reason : undefined;
}

/** POST /login/cancel: the person does not want to sign in; the application is told. */
export async function cancelLogin(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, SIGN_IN_PARAMETERS);
  const handle = values.get('flow');
  const browser = demandOwnPost(request, values, purposeOf(handle), web);
  const flow = await openFlow({ handle }, request, browser, web);
  const first = await web.context.store.interactions.complete(flow.interaction.idHash, web.context.clock.now());
  if (!first) throw new PageError('expired', 400);
  return leaveFlow(
    errorResponse(
      new AuthorizationError('access_denied', 'The person did not sign in.', flow.interaction.request),
      web.context,
    ),
    flow,
    web,
  );
}

/** What a form of this page is for. */
export function purposeOf(handle: string | undefined): string {
  return handle === undefined ? 'login' : `flow:${handle}`;
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

interface SignInPage {
  readonly flow: Flow | undefined;
  readonly values: ReadonlyMap<string, string>;
  readonly browser: Browser;
  readonly reason: LoginProps['reason'];
  readonly said: ShownOnce<LoginProblem> | undefined;
}

function signInPage({ flow, values, browser, reason, said }: SignInPage, web: Web): Answer {
  const toDevice = values.get('to') === 'device';
  const lasting = lastingReason(values);
  const target = flow
    ? flowForm('/login', flow, browser.secret, web)
    : pageForm('/login', 'login', browser.secret, web, carriedDestination(values));
  const view = loginPage(
    {
      action: target.action,
      hidden: { ...target.hidden, ...(lasting !== undefined && { reason: lasting }) },
      to: flow
        ? { kind: 'app', name: flow.client.name, logoUri: appLogo(flow.client, web) }
        : toDevice
          ? { kind: 'device' }
          : undefined,
      username: said?.typed ?? flow?.interaction.request.loginHint,
      reason,
      problem: said?.problem,
      cancel: flow && flowForm('/login/cancel', flow, browser.secret, web),
    },
    web.shell,
  );
  return pageAnswer(view, { browser, said, formTargets: flow ? [flow.interaction.request.redirectUri] : [] }, web);
}
