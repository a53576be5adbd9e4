import type { SignedIn } from '../../../identity/browser-session.js';
import {
  approveDevice,
  type DeviceApproval,
  denyDevice,
  deviceStep,
  grantableScopes,
} from '../../../protocol/device/approve.js';
import { normaliseUserCode, showUserCode } from '../../../protocol/device/user-code.js';
import { type Answer, html, seeOther } from '../../answer.js';
import { setCookie } from '../../cookies.js';
import { pagePolicy } from '../../headers.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { browserOf, demandOwnPost, PageError, pageForm, personOf } from '../flow.js';
import { scopeView } from '../parts/permissions.js';
import { renderPage } from '../render.js';
import { deviceConfirmPage } from './confirm-view.js';
import { comeBack, confirmAddress, enterPage, lookUp, personFor, problemOf } from './handler.js';
import { type DeviceOutcomeProps, deviceOutcomePage } from './outcome-view.js';

const PARAMETERS = new Set(['user_code', 'decision', 'shown', 'csrf']);

/** GET /device/confirm: who asks for what, from where and when; once it is decided, how it ended. @spec RFC 8628 §5.4 */
export async function showDeviceConfirm(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  const typed = values.get('user_code') ?? '';
  const signedIn = await personFor(typed, request, web);
  if ('status' in signedIn) return signedIn;
  if (normaliseUserCode(typed) === undefined) return seeOther(`${web.base}/device`);
  const found = await lookUp(typed, signedIn, request, web);
  if (found.kind === 'expired') return outcome('expired', found.client.name, web);
  const problem = problemOf(found);
  if (problem) return enterPage({ typed, problem }, request, web);
  if (found.kind === 'approved') return outcome('approved', found.client.name, web);
  if (found.kind === 'denied') return outcome('denied', found.client.name, web);
  if (found.kind !== 'waiting') throw new Error('a code without a problem has no request');
  const approval = { ...found, signedIn };
  return before(approval, { consented: false }, web) ?? confirmPage(approval, request, web);
}

/** POST /device/confirm. The decision counts for what this very person was shown, and only once. */
export async function submitDeviceConfirm(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, PARAMETERS);
  demandOwnPost(request, values, 'device', web);
  const typed = values.get('user_code') ?? '';
  const signedIn = await personFor(typed, request, web);
  if ('status' in signedIn) return signedIn;
  const found = await lookUp(typed, signedIn, request, web);
  // Whatever else there is to say, the page says: it looks at the code as it is by then.
  const question = seeOther(confirmAddress(typed, web));
  if (found.kind === 'limited') return enterPage({ typed, problem: problemOf(found) }, request, web);
  if (found.kind !== 'waiting') return question;
  const approval = { ...found, signedIn };
  if (!context.hashing.equal(values.get('shown') ?? '', shownProof(approval, web))) return question;
  const decision = values.get('decision');
  if (decision === 'deny') await denyDevice(approval, request.origin, context);
  if (decision !== 'allow') return question;
  const first = before(approval, { consented: true }, web);
  if (first) return first;
  await approveDevice(approval, request.origin, context);
  return question;
}

/** POST /device/switch: another account for the same device. */
export async function switchDeviceAccount(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, PARAMETERS);
  demandOwnPost(request, values, 'device', web);
  return seeOther(comeBack('/login', values.get('user_code') ?? '', web, 'switch_account'));
}

/** What comes before a yes: signing in again, a new password. Somebody who may hold nothing of it can't say yes at all. */
function before(approval: DeviceApproval, facts: { readonly consented: boolean }, web: Web): Answer | undefined {
  const { device, signedIn } = approval;
  const step = deviceStep(approval, facts, web.context);
  if (step.kind === 'sign-in') return seeOther(comeBack('/login', device.userCode, web, 'reauthenticate'));
  if (step.kind === 'change-password') return seeOther(comeBack('/change-password', device.userCode, web));
  if (device.scopes.length > 0 && grantableScopes(device, signedIn).length === 0) throw new PageError('forbidden', 403);
  return undefined;
}

async function confirmPage(approval: DeviceApproval, request: Incoming, web: Web): Promise<Answer> {
  const { device, client, signedIn } = approval;
  const browser = browserOf(request, web);
  const userCode = showUserCode(device.userCode);
  const known = await web.context.directory.scopes();
  const view = deviceConfirmPage(
    {
      ...pageForm('/device/confirm', 'device', browser.secret, web, { shown: shownProof(approval, web) }),
      userCode,
      client: { name: client.name, clientUri: client.clientUri, policyUri: client.policyUri, tosUri: client.tosUri },
      scopes: grantableScopes(device, signedIn).map((name) =>
        scopeView(name, known.get(name)?.description, web.shell.strings),
      ),
      user: personOf(signedIn),
      switchAccount: pageForm('/device/switch', 'device', browser.secret, web, { user_code: userCode }),
      request: { at: device.createdAt, address: device.ip, userAgent: device.userAgent },
    },
    web.shell,
  );
  return html(renderPage(view), {
    headers: {
      ...pagePolicy(),
      ...(browser.isNew && { 'Set-Cookie': setCookie('browser', browser.secret, web.context.settings) }),
    },
  });
}

function outcome(how: DeviceOutcomeProps['outcome'], clientName: string, web: Web): Answer {
  return html(renderPage(deviceOutcomePage({ outcome: how, clientName }, web.shell)), { headers: pagePolicy() });
}

/** Says that this person saw the question about this very request: an answer counts for nobody and nothing else. */
function shownProof({ device, signedIn }: { device: DeviceApproval['device']; signedIn: SignedIn }, web: Web): string {
  return web.context.hashing.mac('device-shown', `${signedIn.user.id}\n${device.hash}`);
}
