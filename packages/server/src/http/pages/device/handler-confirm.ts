import type { SignedIn } from '../../../identity/browser-session.js';
import {
  approveDevice,
  type DeviceApproval,
  denyDevice,
  deviceStep,
  grantableScopes,
} from '../../../protocol/device/approve.js';
import { normaliseUserCode, showUserCode } from '../../../protocol/device/user-code.js';
import { type Answer, seeOther } from '../../answer.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { browserOf, demandOwnPost, PageError, pageForm, personOf } from '../flow.js';
import { appLogo } from '../app-logo.js';
import { pageAnswer } from '../page-answer.js';
import { scopeView } from '../parts/permissions.js';
import { deviceConfirmPage } from './confirm-view.js';
import { backToEnter, comeBack, confirmAddress, enterPage, lookUp, personFor, problemOf, statusOf } from './handler.js';
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
  if (problem) return enterPage({ typed, said: { problem, status: statusOf(problem) } }, request, web);
  if (found.kind === 'approved') return outcome('approved', found.client.name, web);
  if (found.kind === 'denied') return outcome('denied', found.client.name, web);
  if (found.kind !== 'waiting') throw new Error('a code without a problem has no request');
  const approval = { ...found, signedIn };
  return (await demandFirst(approval, { consented: false }, web)) ?? confirmPage(approval, request, web);
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
  if (found.kind === 'limited')
    return backToEnter(typed, { code: 'rate_limited', retryAfterSeconds: found.retryAfterSeconds }, request, web);
  if (found.kind !== 'waiting') return question;
  const approval = { ...found, signedIn };
  if (!context.hashing.isMac(values.get('shown') ?? '', ...shownQuestion(approval))) return question;
  const decision = values.get('decision');
  if (decision === 'deny') await denyDevice(approval, request.origin, context);
  if (decision !== 'allow') return question;
  const first = await demandFirst(approval, { consented: true }, web);
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

/** Where the person has to go before they may approve: signing in again, a new password. Who may grant none of the scopes is refused. */
async function demandFirst(
  approval: DeviceApproval,
  facts: { readonly consented: boolean },
  web: Web,
): Promise<Answer | undefined> {
  const { device } = approval;
  const step = deviceStep(approval, facts, web.context);
  if (step.kind === 'sign-in') return seeOther(comeBack('/login', device.userCode, web, 'reauthenticate'));
  if (step.kind === 'change-password') return seeOther(comeBack('/change-password', device.userCode, web));
  if (device.scopes.length > 0 && (await grantableScopes(approval, web.context)).length === 0)
    throw new PageError('forbidden', 403);
  return undefined;
}

async function confirmPage(approval: DeviceApproval, request: Incoming, web: Web): Promise<Answer> {
  const { device, client, signedIn } = approval;
  const browser = browserOf(request, web);
  const userCode = showUserCode(device.userCode);
  const known = await web.context.directory.scopes();
  const view = deviceConfirmPage(
    {
      ...pageForm('/device/confirm', 'device', browser.secret, web, {
        shown: web.context.hashing.mac(...shownQuestion(approval)),
      }),
      userCode,
      client: {
        name: client.name,
        logoUri: appLogo(client, web),
        clientUri: client.clientUri,
        policyUri: client.policyUri,
        tosUri: client.tosUri,
      },
      scopes: (await grantableScopes(approval, web.context)).map((name) =>
        scopeView(name, known.get(name)?.description, web.shell.strings),
      ),
      user: personOf(signedIn),
      switchAccount: pageForm('/device/switch', 'device', browser.secret, web, { user_code: userCode }),
      request: { at: device.createdAt, address: device.ip, userAgent: device.userAgent },
    },
    web.shell,
  );
  return pageAnswer(view, { browser }, web);
}

function outcome(how: DeviceOutcomeProps['outcome'], clientName: string, web: Web): Answer {
  return pageAnswer(deviceOutcomePage({ outcome: how, clientName }, web.shell), {}, web);
}

/** Says that this person saw the question about this very request: an answer counts for nobody and nothing else. */
function shownQuestion({
  device,
  signedIn,
}: {
  device: DeviceApproval['device'];
  signedIn: SignedIn;
}): [purpose: string, value: string] {
  return ['device-shown', `${signedIn.user.id}\n${device.hash}`];
}
