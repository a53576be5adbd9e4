import type { Parameters } from '@authly/oauth';
import type { SignedIn } from '../../identity/browser-session.js';
import type { AuthorizationRequest } from '../../model/tokens/authorization-request.js';
import { AuthorizationError } from '../../protocol/authorize/authorization-error.js';
import { beginInteraction } from '../../protocol/authorize/interaction.js';
import { issueCode } from '../../protocol/authorize/issue-code.js';
import type { NextStep } from '../../protocol/authorize/next-step.js';
import { isPushed, readPushedRequest } from '../../protocol/authorize/pushed-request.js';
import { type AuthorizationResponse, codeResponse, errorResponse } from '../../protocol/authorize/respond.js';
import { validateAuthorizationRequest } from '../../protocol/authorize/validate.js';
import { parameterNames } from '../../protocol/endpoints/table.js';
import { type Answer, seeOther } from '../answer.js';
import { setCookie } from '../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../incoming.js';
import { browserOf, decide, type Flow, flowAddress, openFlow } from '../pages/flow.js';
import { sendResponse } from '../pages/form-post/send.js';
import { leaveFlow } from '../pages/going-back/handler.js';
import type { Web } from '../web.js';

/** GET {api}/oauth/authorize: a new request, or one that goes on after a page. @spec OAuth 2.1 §3.1 */
// @check 26
export async function authorize(request: Incoming, web: Web): Promise<Answer> {
  const parameters = queryParameters(request, parameterNames('authorize'));
  if (parameters.values.has('flow') && !parameters.values.has('client_id')) return resume(request, parameters, web);
  const { request: asked, client } = await readRequest(parameters, web);
  const { step, signedIn } = await decide(asked, client, { request, consented: false }, web);
  if (step.kind === 'issue' || step.kind === 'refuse')
    return sendResponse(await finish(step, asked, signedIn, web), web);
  const browser = browserOf(request, web);
  const handle = await beginInteraction(asked, { browser: browser.secret, origin: request.origin }, web.context);
  return seeOther(
    pageOf(step, handle, web),
    browser.isNew ? { 'Set-Cookie': setCookie('browser', browser.secret, web.context.settings) } : {},
  );
}

/**
 * POST {api}/oauth/authorize. A post from another site comes without our cookies, so the request is put aside and taken up
 * again by a GET, which has them. @spec OpenID Connect Core §3.1.2.1
 */
// @check 26
export async function authorizeByPost(request: Incoming, web: Web): Promise<Answer> {
  const { request: asked } = await readRequest(formParameters(request, parameterNames('authorizeByPost')), web);
  const handle = await beginInteraction(asked, { origin: request.origin }, web.context);
  return seeOther(flowAddress({ handle }, web));
}

/** What is asked for: in the parameters themselves, or pushed before. */
function readRequest(parameters: Parameters, { context }: Web): ReturnType<typeof validateAuthorizationRequest> {
  return isPushed(parameters)
    ? readPushedRequest(parameters, context)
    : validateAuthorizationRequest(parameters, context);
}

async function resume(request: Incoming, parameters: Parameters, web: Web): Promise<Answer> {
  const browser = browserOf(request, web);
  const flow = await openFlow(
    { handle: parameters.values.get('flow'), chosen: parameters.values.get('chosen') },
    request,
    browser.secret,
    web,
  );
  const { step, signedIn } = await decide(
    flow.interaction.request,
    flow.client,
    { request, flow, consented: false },
    web,
  );
  if (step.kind === 'issue' || step.kind === 'refuse') return settle(flow, step, signedIn, web);
  const location = pageOf(step, flow.handle, web);
  return seeOther(
    flow.chosen === undefined ? location : `${location}&chosen=${flow.chosen}`,
    browser.isNew ? { 'Set-Cookie': setCookie('browser', browser.secret, web.context.settings) } : {},
  );
}

/** Ends an interaction: exactly one caller gets the answer out. */
// @check 89, 92
export async function settle(
  flow: Flow,
  step: NextStep & { kind: 'issue' | 'refuse' },
  signedIn: SignedIn | undefined,
  web: Web,
): Promise<Answer> {
  const first = await web.context.store.interactions.complete(flow.interaction.idHash, web.context.clock.now());
  if (!first) throw flow.gone();
  return leaveFlow(await finish(step, flow.interaction.request, signedIn, web), flow, web);
}

async function finish(
  step: NextStep & { kind: 'issue' | 'refuse' },
  asked: AuthorizationRequest,
  signedIn: SignedIn | undefined,
  web: Web,
): Promise<AuthorizationResponse> {
  const { context } = web;
  context.events.emit({ type: 'client_request', clientId: asked.clientId, endpoint: 'authorize' });
  if (step.kind === 'refuse') {
    context.events.emit({ type: 'authorization', outcome: step.code });
    return errorResponse(new AuthorizationError(step.code, step.description, asked), context);
  }
  if (!signedIn) throw new Error('a code was to be issued without a person');
  const code = await issueCode(asked, signedIn, context);
  context.events.emit({ type: 'authorization', outcome: 'code' });
  return codeResponse(code, asked, context);
}

function pageOf(step: NextStep, handle: string, web: Web): string {
  switch (step.kind) {
    case 'sign-in':
      return `${web.base}/login?flow=${handle}`;
    case 'select-account':
      return `${web.base}/select-account?flow=${handle}`;
    case 'second-factor':
      return `${web.base}/login/second-factor?flow=${handle}`;
    case 'change-password':
      return `${web.base}/change-password?flow=${handle}`;
    case 'consent':
      return `${web.base}/consent?flow=${handle}`;
    case 'issue':
    case 'refuse':
      throw new Error('this step has no page');
  }
}
