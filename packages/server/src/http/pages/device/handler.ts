import { currentSession, type SignedIn } from '../../../identity/browser-session.js';
import { addressRange } from '../../../identity/places.js';
import { type DeviceRequest, findDeviceRequest } from '../../../protocol/device/find-request.js';
import { normaliseUserCode, showUserCode } from '../../../protocol/device/user-code.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie } from '../../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { browserOf, demandOwnPost, pageForm } from '../flow.js';
import { pageAnswer } from '../page-answer.js';
import { backWith, readShownOnce, type ShownOnce } from '../shown-once.js';
import { addressOf } from '../sign-in/address.js';
import { type DeviceProblem, deviceEnterPage } from './enter-view.js';

const PARAMETERS = new Set(['user_code', 'csrf']);
/** As many characters as the field takes. */
const LONGEST_CODE = 32;

/** GET /device: the code that the device shows is typed in, or comes with the address. @spec RFC 8628 §3.3 */
export async function showDevice(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  const typed = values.get('user_code') ?? '';
  const signedIn = await personFor(typed, request, web);
  if ('status' in signedIn) return signedIn;
  return enterPage({ typed, said: readShownOnce<DeviceProblem>(enterAddress(typed, web), request, web) }, request, web);
}

/** POST /device: the code leads to the question, whoever filled it in. @spec RFC 8628 §5.4 */
export async function submitUserCode(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, PARAMETERS);
  demandOwnPost(request, values, 'device', web);
  const typed = values.get('user_code') ?? '';
  const signedIn = await personFor(typed, request, web);
  if ('status' in signedIn) return signedIn;
  if (typed.trim() === '') return backToEnter(typed, { code: 'missing_code' }, request, web);
  const found = await lookUp(typed, signedIn, request, web);
  const problem = problemOf(found);
  return problem ? backToEnter(typed, problem, request, web) : seeOther(confirmAddress(typed, web));
}

/** Back to the field, with what is wrong with the code in it. */
export function backToEnter(typed: string, problem: DeviceProblem, request: Incoming, web: Web): Answer {
  const said = { problem, status: statusOf(problem), typed: typed.slice(0, LONGEST_CODE) };
  return backWith(enterAddress(typed, web), said, request, web);
}

export function statusOf(problem: DeviceProblem): number {
  return problem.retryAfterSeconds === undefined ? 400 : 429;
}

function enterAddress(typed: string, web: Web): string {
  const code = normaliseUserCode(typed);
  return addressOf('/device', code === undefined ? {} : { user_code: showUserCode(code) }, web);
}

/** Who decides here, or where they have to go first: to sign in, or to choose a password of their own. */
export async function personFor(userCode: string, request: Incoming, web: Web): Promise<SignedIn | Answer> {
  const { context } = web;
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  if (!signedIn) return seeOther(comeBack('/login', userCode, web));
  const mustChange = context.settings['password_change.enforced'] && signedIn.user.requiresPasswordChange;
  return mustChange ? seeOther(comeBack('/change-password', userCode, web)) : signedIn;
}

/** The address of a page that comes back to this code. */
export function comeBack(path: string, userCode: string, web: Web, reason?: string): string {
  const code = normaliseUserCode(userCode);
  const query = new URLSearchParams({
    to: 'device',
    ...(code !== undefined && { user_code: showUserCode(code) }),
    ...(reason !== undefined && { reason }),
  });
  return `${web.base}${path}?${query.toString()}`;
}

/** The address of the question. */
export function confirmAddress(userCode: string, web: Web): string {
  const code = normaliseUserCode(userCode);
  return code === undefined ? `${web.base}/device` : `${web.base}/device/confirm?user_code=${showUserCode(code)}`;
}

/** Looks a code up, as a guess of this person from this address. */
export async function lookUp(typed: string, { user }: SignedIn, request: Incoming, web: Web): Promise<DeviceRequest> {
  const asker = { typed, userId: user.id, address: addressRange(request.origin.ip) };
  const found = await findDeviceRequest(asker, web.context);
  if (found.kind === 'limited') web.context.events.emit({ type: 'rate_limit', endpoint: 'device' });
  return found;
}

/** Why a code leads nowhere; `undefined` when it leads on, or to how its request ended. */
export function problemOf(found: DeviceRequest): DeviceProblem | undefined {
  switch (found.kind) {
    case 'limited':
      return { code: 'rate_limited', retryAfterSeconds: found.retryAfterSeconds };
    case 'unknown':
      return { code: 'unknown_code' };
    case 'expired':
      return { code: 'expired_code' };
    case 'approved':
      return found.byAsker ? undefined : { code: 'used_code' };
    case 'waiting':
    case 'denied':
      return undefined;
  }
}

/** The page with the code's field. */
export function enterPage(
  { typed, said }: { readonly typed: string; readonly said: ShownOnce<DeviceProblem> | undefined },
  request: Incoming,
  web: Web,
): Answer {
  const browser = browserOf(request, web);
  const code = normaliseUserCode(typed);
  const view = deviceEnterPage(
    {
      ...pageForm('/device', 'device', browser.secret, web),
      userCode: code === undefined ? (said?.typed ?? typed.slice(0, LONGEST_CODE)) : showUserCode(code),
      problem: said?.problem,
    },
    web.shell,
  );
  return pageAnswer(view, { browser, said }, web);
}
