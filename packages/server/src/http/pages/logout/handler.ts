import { currentSession } from '../../../identity/browser-session.js';
import { endSession, LOGOUT_PARAMETERS, type LogoutRequest, readLogoutRequest } from '../../../protocol/logout.js';
import { type Answer, html, json, seeOther } from '../../answer.js';
import { clearCookie, readCookie, setCookie } from '../../cookies.js';
import { pagePolicy } from '../../headers.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { browserOf, demandOwnPost, PageError, pageForm, personOf } from '../flow.js';
import { loggedOutPage } from '../logged-out/view.js';
import { renderPage } from '../render.js';
import { logoutPage } from './view.js';

const CONFIRM_PARAMETERS = new Set(['decision', 'csrf', 'return_to', 'return_proof', 'refused']);

/**
 * GET and POST /oidc/logout. A genuine hint of the session in this browser ends it at once; anything else asks first, so that
 * no other site can log a person out. @spec OpenID Connect RP-Initiated Logout §2
 */
// @check 249, 252, 255
export async function logout(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const parameters =
    request.method === 'POST'
      ? formParameters(request, LOGOUT_PARAMETERS)
      : queryParameters(request, LOGOUT_PARAMETERS);
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  const asked = await readLogoutRequest(parameters, signedIn, context);
  if (!asked.mustAsk && asked.hintedSession !== undefined) {
    const who = signedIn && { id: signedIn.user.id, name: signedIn.user.username };
    await endSession(asked.hintedSession, who, request.origin, context);
    return done(asked, request, web);
  }
  if (!signedIn) return done(asked, request, web);
  const browser = browserOf(request, web);
  const hidden = {
    ...(asked.returnTo !== undefined && {
      return_to: asked.returnTo,
      return_proof: returnProof(asked.returnTo, browser.secret, web),
    }),
    ...(asked.addressRefused && { refused: '1' }),
  };
  const view = logoutPage(
    { ...pageForm('/oidc/logout/confirm', 'logout', browser.secret, web, hidden), user: personOf(signedIn) },
    web.shell,
  );
  const headers = {
    ...pagePolicy({ formTargets: asked.returnTo === undefined ? [] : [asked.returnTo] }),
    ...(browser.isNew && { 'Set-Cookie': setCookie('browser', browser.secret, context.settings) }),
  };
  return html(renderPage(view), { headers });
}

/** POST /oidc/logout/confirm: the person has decided. */
export async function confirmLogout(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, CONFIRM_PARAMETERS);
  const browser = demandOwnPost(request, values, 'logout', web);
  if (values.get('decision') === 'stay') return seeOther(`${web.base}/account`);
  const returnTo = values.get('return_to');
  if (
    returnTo !== undefined &&
    !context.hashing.equal(values.get('return_proof') ?? '', returnProof(returnTo, browser, web))
  )
    throw new PageError('forged', 403);
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  if (signedIn)
    await endSession(
      signedIn.session.id,
      { id: signedIn.user.id, name: signedIn.user.username },
      request.origin,
      context,
    );
  return done(
    { mustAsk: false, addressRefused: values.get('refused') === '1', ...(returnTo !== undefined && { returnTo }) },
    request,
    web,
  );
}

/** GET /oidc/session/check: whether this browser is signed in. */
export async function sessionCheck(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  const client = queryParameters(request, new Set(['client_id'])).values.get('client_id');
  return json({
    session_state: signedIn ? 'active' : 'inactive',
    authenticated: signedIn !== undefined,
    ...(signedIn && { sid: signedIn.session.id }),
    ...(client !== undefined && { client_id: client }),
    check_time: context.clock.now().toISOString(),
  });
}

function done(asked: LogoutRequest, request: Incoming, web: Web): Answer {
  const forget = { 'Set-Cookie': clearCookie('session', web.context.settings) };
  if (asked.returnTo !== undefined) return seeOther(asked.returnTo, forget);
  const view = loggedOutPage({ addressRefused: asked.addressRefused, requestId: request.origin.requestId }, web.shell);
  return html(renderPage(view), { headers: { ...pagePolicy(), ...forget } });
}

/** The address was checked when the page was made; the proof shows that it is still the same. */
function returnProof(address: string, browser: string, web: Web): string {
  return web.context.hashing.mac('logout-return', `${browser}\n${address}`);
}
