import type { AuthorizationResponse } from '../../../protocol/authorize/respond.js';
import { endedInteraction } from '../../../protocol/authorize/interaction.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie, readLongCookie, setCookie } from '../../cookies.js';
import { type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { type Flow, goingBackAddress, PageError } from '../flow.js';
import { sendResponse } from '../form-post/send.js';
import { pageAnswer } from '../page-answer.js';
import { goingBackPage } from './view.js';

const PARAMETERS = new Set(['flow']);

/**
 * Sends the answer of a flow on its way. No page follows a redirect to an app's own scheme: the one that was there would stay, as if nothing
 * had happened. So the app is opened from a page of its own, which has an address and can open it again.
 */
export function leaveFlow(response: AuthorizationResponse, flow: Flow, web: Web): Answer {
  if (response.kind !== 'redirect' || isWebAddress(response.location)) return sendResponse(response, web);
  const { context } = web;
  const sealed = context.box.seal(response.location, placeOf(flow.handle, flow.browser)).toString('base64url');
  return seeOther(goingBackAddress(flow.handle, web), { 'Set-Cookie': setCookie('answer', sealed, context.settings) });
}

/** GET /going-back: for whoever has finished a sign-in, in the browser that went through it. */
export async function showGoingBack(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const handle = queryParameters(request, PARAMETERS).values.get('flow') ?? '';
  const browser = readCookie(request, 'browser', context.settings);
  const ended = await endedInteraction(handle, browser, context);
  const client = ended && (await context.directory.client(ended.request.clientId));
  if (!ended || !client || browser === undefined) throw new PageError('expired', 400);
  const kept = readLongCookie('answer', request, context.settings);
  const opened = kept && context.box.open(Buffer.from(kept, 'base64url'), placeOf(handle, browser))?.toString();
  const { redirectUri } = ended.request;
  const website = client.clientUri ?? (isWebAddress(redirectUri) ? new URL(redirectUri).origin : undefined);
  return pageAnswer(goingBackPage({ clientName: client.name, opens: opened, website }, web.shell), {}, web);
}

function placeOf(handle: string, browser: string): string {
  return `flow-answer\n${browser}\n${handle}`;
}

function isWebAddress(address: string): boolean {
  return /^https?:/i.test(address);
}
