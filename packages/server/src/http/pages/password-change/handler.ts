import { currentSession, regenerateSession } from '../../../identity/browser-session.js';
import { changePassword, type PasswordChangeResult } from '../../../identity/factors/password/change.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie, setCookie } from '../../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { carriedDestination, destination } from '../destination.js';
import { browserOf, demandOwnPost, type Flow, flowAddress, flowForm, openFlow, pageForm, personOf } from '../flow.js';
import { pageAnswer } from '../page-answer.js';
import type { PasswordProblem } from '../parts/new-password.js';
import { backWith, readShownOnce, type ShownOnce } from '../shown-once.js';
import { addressOf } from '../sign-in/address.js';
import { passwordChangePage } from './view.js';

const PARAMETERS = new Set(['flow', 'csrf', 'to', 'user_code', 'current_password', 'new_password', 'confirm_password']);

/** GET /change-password: before anything else, a new password. */
export async function showPasswordChange(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  return page(request, values, readShownOnce<PasswordProblem>(ownAddress(values, web), request, web), web);
}

/** POST /change-password. The sessions of other browsers end; this one goes on with a new secret. */
export async function submitPasswordChange(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, PARAMETERS);
  const handle = values.get('flow');
  demandOwnPost(request, values, handle === undefined ? 'change-password' : `flow:${handle}`, web);
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  if (!signedIn) return seeOther(`${web.base}/login`);
  const current = values.get('current_password');
  const next = values.get('new_password');
  const missing = missingField(current, next, values.get('confirm_password'));
  const retry = (problem: PasswordProblem, status: number): Answer =>
    backWith(ownAddress(values, web), { problem, status }, request, web);
  if (missing) return retry(missing, 400);
  if (current === undefined || next === undefined) throw new Error('a password is missing that was there');
  const result = await changePassword(
    {
      user: signedIn.user,
      currentPassword: current,
      newPassword: next,
      keep: signedIn.session.id,
      origin: request.origin,
    },
    context,
  );
  if (result.kind !== 'changed') return retry(passwordProblemOf(result), result.kind === 'limited' ? 429 : 400);
  const secret = await regenerateSession(signedIn, signedIn.session, context);
  return seeOther(nextAddress(handle, values, web), { 'Set-Cookie': setCookie('session', secret, context.settings) });
}

/** The address of this page, from the parameters or the form's fields. */
function ownAddress(values: ReadonlyMap<string, string>, web: Web): string {
  const flow = values.get('flow');
  return addressOf('/change-password', flow === undefined ? carriedDestination(values) : { flow }, web);
}

function nextAddress(handle: string | undefined, values: ReadonlyMap<string, string>, web: Web): string {
  if (handle !== undefined) return flowAddress({ handle }, web);
  return values.has('to') ? destination(values, web) : `${web.base}/account?notice=password_changed`;
}

/** What a person left out or mistyped, before anything is checked. */
export function missingField(
  current: string | undefined,
  next: string | undefined,
  confirmed: string | undefined,
): PasswordProblem | undefined {
  if (current === undefined) return { code: 'missing_current' };
  if (next === undefined) return { code: 'missing_new' };
  return next === confirmed ? undefined : { code: 'mismatch' };
}

/** A refused change in the words of the page. */
export function passwordProblemOf(result: Exclude<PasswordChangeResult, { kind: 'changed' }>): PasswordProblem {
  switch (result.kind) {
    case 'wrong':
      return { code: 'wrong_current' };
    case 'same':
      return { code: 'same_as_current' };
    case 'weak':
      return { code: result.code };
    case 'limited':
      return { code: 'rate_limited', retryAfterSeconds: result.retryAfterSeconds };
  }
}

async function page(
  request: Incoming,
  values: ReadonlyMap<string, string>,
  said: ShownOnce<PasswordProblem> | undefined,
  web: Web,
): Promise<Answer> {
  const { context } = web;
  const browser = browserOf(request, web);
  const flow: Flow | undefined = values.has('flow')
    ? await openFlow({ handle: values.get('flow') }, request, browser.secret, web)
    : undefined;
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  if (!signedIn) return seeOther(flow ? `${web.base}/login?flow=${flow.handle}` : `${web.base}/login`);
  const target = flow
    ? flowForm('/change-password', flow, browser.secret, web)
    : pageForm('/change-password', 'change-password', browser.secret, web, carriedDestination(values));
  const view = passwordChangePage(
    {
      ...target,
      user: personOf(signedIn),
      problem: said?.problem,
      minimumLength: context.settings['passwords.min_length'],
    },
    web.shell,
  );
  return pageAnswer(view, { browser, said, formTargets: flow ? [flow.interaction.request.redirectUri] : [] }, web);
}
