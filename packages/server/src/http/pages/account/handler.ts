import type { ClientId, GrantId, SessionId } from '@authly/oauth';
import { endOtherSessions, endOwnSession, endProgramLogin, withdrawConsent } from '../../../identity/account.js';
import { regenerateSession, type SignedIn } from '../../../identity/browser-session.js';
import { changePassword } from '../../../identity/factors/password/change.js';
import { endSession } from '../../../protocol/logout.js';
import { type Answer, seeOther } from '../../answer.js';
import { clearCookie, setCookie } from '../../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { missingField, passwordProblemOf } from '../password-change/handler.js';
import { accountHolder, accountPost } from './handlers/holder.js';
import { accountAnswer, backToSection } from './handlers/page.js';
import type { AccountNotice } from './view.js';

const QUERY = new Set(['notice', 'sessions_page', 'activity_before']);
const PASSWORD = new Set(['current_password', 'new_password', 'confirm_password', 'once', 'csrf']);
const SESSIONS = new Set(['action', 'session_id', 'grant_id', 'once', 'csrf']);
const APPS = new Set(['client_id', 'once', 'csrf']);

/** GET /account: who am I, where am I signed in, what may act for me. */
export async function showAccount(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, QUERY);
  const signedIn = await accountHolder(request, web);
  if ('status' in signedIn) return signedIn;
  const moment = {
    notice: noticeOf(values.get('notice')),
    sessionsPage: numberOf(values.get('sessions_page'), 1000),
    activityBefore: numberOf(values.get('activity_before'), Number.MAX_SAFE_INTEGER),
  };
  return accountAnswer(signedIn, moment, request, web);
}

/** POST /account/password. The other browsers are signed out; this one goes on with a new secret. */
export async function submitPassword(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, PASSWORD);
  const signedIn = await accountPost(request, values, web);
  if ('status' in signedIn) return signedIn;
  const currentPassword = values.get('current_password');
  const newPassword = values.get('new_password');
  const missing = missingField(currentPassword, newPassword, values.get('confirm_password'));
  if (missing || currentPassword === undefined || newPassword === undefined)
    return backToSection('password', { status: 400, problem: { passwordProblem: missing } }, request, web);
  const { user, session } = signedIn;
  const change = { user, currentPassword, newPassword, keep: session.id, origin: request.origin };
  const result = await changePassword(change, context);
  if (result.kind !== 'changed') {
    const passwordProblem = passwordProblemOf(result);
    const { retryAfterSeconds } = passwordProblem;
    const status = result.kind === 'limited' ? 429 : 400;
    return backToSection('password', { status, problem: { passwordProblem, retryAfterSeconds } }, request, web);
  }
  const secret = await regenerateSession(signedIn, session, context);
  return redirectWithNotice('password_changed', web, { 'Set-Cookie': setCookie('session', secret, context.settings) });
}

/** POST /account/sessions: ends one session, the login of a program, or all but this session. */
export async function submitSessions(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, SESSIONS);
  const signedIn = await accountPost(request, values, web);
  if ('status' in signedIn) return signedIn;
  if (values.get('action') === 'end_others') {
    await endOtherSessions(signedIn, request.origin, web.context);
    return redirectWithNotice('other_sessions_ended', web);
  }
  const grantId = values.get('grant_id') as GrantId | undefined;
  if (grantId !== undefined) {
    const ended = await endProgramLogin(grantId, signedIn, request.origin, web.context);
    return ended ? redirectWithNotice('session_ended', web) : seeOther(`${web.base}/account`);
  }
  const id = values.get('session_id') as SessionId | undefined;
  if (id === signedIn.session.id) return signOutOf(signedIn, request, web);
  const ended = id !== undefined && (await endOwnSession(id, signedIn, request.origin, web.context));
  return ended ? redirectWithNotice('session_ended', web) : seeOther(`${web.base}/account`);
}

/** POST /account/apps: an application loses its access, and every token with it. */
export async function submitApps(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, APPS);
  const signedIn = await accountPost(request, values, web);
  if ('status' in signedIn) return signedIn;
  const clientId = values.get('client_id') as ClientId | undefined;
  const removed = clientId !== undefined && (await withdrawConsent(clientId, signedIn, request.origin, web.context));
  return removed ? redirectWithNotice('access_removed', web) : seeOther(`${web.base}/account`);
}

/** POST /account/sign-out. */
export async function signOut(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, new Set(['once', 'csrf']));
  const signedIn = await accountPost(request, values, web);
  return 'status' in signedIn ? signedIn : signOutOf(signedIn, request, web);
}

async function signOutOf({ session, user }: SignedIn, request: Incoming, web: Web): Promise<Answer> {
  await endSession(session.id, { id: user.id, name: user.username }, request.origin, web.context);
  return seeOther(`${web.base}/login?reason=signed_out`, {
    'Set-Cookie': clearCookie('session', web.context.settings),
  });
}

function redirectWithNotice(notice: AccountNotice, web: Web, headers: Readonly<Record<string, string>> = {}): Answer {
  return seeOther(`${web.base}/account?notice=${notice}`, headers);
}

/** Notices that an address may ask for; those about a key come with the key only. */
const NOTICES: readonly AccountNotice[] = [
  'password_changed',
  'second_factor_removed',
  'recovery_code_used',
  'session_ended',
  'other_sessions_ended',
  'access_removed',
  'key_revoked',
];

function noticeOf(asked: string | undefined): AccountNotice | undefined {
  return NOTICES.find((notice) => notice === asked);
}

function numberOf(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) return undefined;
  return Math.min(Number(text), most);
}
