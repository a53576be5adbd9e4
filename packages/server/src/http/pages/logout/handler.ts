import { currentSession } from '../../../identity/browser-session.js';
import { frontChannelAddresses } from '../../../protocol/front-channel-logout.js';
import { endSession, type LogoutRequest, readLogoutRequest } from '../../../protocol/logout.js';
import { authenticateBearer } from '../../../protocol/bearer.js';
import { OAuthError } from '../../../protocol/error.js';
import type { LiveToken } from '../../../protocol/token-state/live-token.js';
import type { Context } from '../../../ports/context.js';
import { type Answer, json, seeOther } from '../../answer.js';
import { clearCookie, readCookie } from '../../cookies.js';
import { readForm, readQuery } from '../../endpoints/parameters.js';
import { formParameters, type Incoming } from '../../incoming.js';
import { presentedBy } from '../../presented.js';
import type { Web } from '../../web.js';
import { browserOf, demandOwnPost, PageError, pageForm, personOf } from '../flow.js';
import { signingOutPage } from '../logged-out/signing-out-view.js';
import { loggedOutPage } from '../logged-out/view.js';
import { pageAnswer } from '../page-answer.js';
import { logoutPage } from './view.js';

const CONFIRM_PARAMETERS = new Set(['decision', 'csrf', 'return_to', 'return_proof', 'refused']);

/**
 * GET and POST /oidc/logout. A genuine hint of the session in this browser ends it at once; anything else asks first, so that
 * no other site can log a person out. @spec OpenID Connect RP-Initiated Logout §2
 */
// @check 249, 252, 255
export async function logout(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const parameters = (request.method === 'POST' ? readForm : readQuery)(request, 'endSession');
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  const asked = await readLogoutRequest(parameters, signedIn, context);
  if (!asked.mustAsk && asked.hintedSession !== undefined) {
    const who = signedIn && { id: signedIn.user.id, name: signedIn.user.username };
    const frames = await frontChannelAddresses(asked.hintedSession, context);
    await endSession(asked.hintedSession, who, request.origin, context);
    return done(asked, frames, request, web);
  }
  if (!signedIn) return done(asked, [], request, web);
  const browser = browserOf(request, web);
  const hidden = {
    ...(asked.returnTo !== undefined && {
      return_to: asked.returnTo,
      return_proof: context.hashing.mac(...returnAddress(asked.returnTo, browser.secret)),
    }),
    ...(asked.addressRefused && { refused: '1' }),
  };
  const view = logoutPage(
    {
      ...pageForm('/oidc/logout/confirm', 'logout', browser.secret, web, hidden),
      user: personOf(signedIn),
      addressRefused: asked.addressRefused,
    },
    web.shell,
  );
  return pageAnswer(view, { browser, formTargets: asked.returnTo === undefined ? [] : [asked.returnTo] }, web);
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
    !context.hashing.isMac(values.get('return_proof') ?? '', ...returnAddress(returnTo, browser))
  )
    throw new PageError('forged', 403);
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  const frames = signedIn ? await frontChannelAddresses(signedIn.session.id, context) : [];
  if (signedIn)
    await endSession(
      signedIn.session.id,
      { id: signedIn.user.id, name: signedIn.user.username },
      request.origin,
      context,
    );
  return done(
    { mustAsk: false, addressRefused: values.get('refused') === '1', ...(returnTo !== undefined && { returnTo }) },
    frames,
    request,
    web,
  );
}

/** GET /oidc/session/check: whether this browser is signed in, or the login behind the token that is shown still holds. */
export async function sessionCheck(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  const client = readQuery(request, 'sessionCheck').values.get('client_id');
  const behindToken = signedIn === undefined ? await loginBehindToken(request, context) : undefined;
  const sid = signedIn?.session.id ?? behindToken?.grant?.sessionId;
  const isActive = signedIn !== undefined || behindToken !== undefined;
  return json({
    session_state: isActive ? 'active' : 'inactive',
    authenticated: isActive,
    ...(sid !== undefined && { sid }),
    ...(client !== undefined && { client_id: client }),
    check_time: context.clock.now().toISOString(),
  });
}

/** A person's token that lives; of any other the answer is inactive and no refusal. */
async function loginBehindToken(request: Incoming, context: Context): Promise<LiveToken | undefined> {
  const presented = presentedBy(request, context);
  if (presented.authorization === undefined) return undefined;
  try {
    const live = await authenticateBearer({ ...presented, beforePasswordChange: true }, context);
    return live.kind === 'access_token' && live.user !== undefined ? live : undefined;
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

// @check 260
function done(asked: LogoutRequest, frames: readonly string[], request: Incoming, web: Web): Answer {
  const forget = { 'Set-Cookie': clearCookie('session', web.context.settings) };
  if (asked.returnTo !== undefined && frames.length > 0)
    return pageAnswer(signingOutPage({ frames, next: asked.returnTo }, web.shell), { frames, headers: forget }, web);
  if (asked.returnTo !== undefined) return seeOther(asked.returnTo, forget);
  const { requestId } = request.origin;
  const view = loggedOutPage({ addressRefused: asked.addressRefused, requestId, frames }, web.shell);
  return pageAnswer(view, { frames, headers: forget }, web);
}

/** The address was checked when the page was made; the proof shows that it is still the same. */
function returnAddress(address: string, browser: string): [purpose: string, value: string] {
  return ['logout-return', `${browser}\n${address}`];
}
