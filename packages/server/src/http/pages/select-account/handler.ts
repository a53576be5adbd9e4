import { type Answer, seeOther } from '../../answer.js';
import { readCookie } from '../../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { chosenAccount, decide, demandOwnPost, flowAddress, flowForm, openFlow, personOf } from '../flow.js';
import { pageAnswer } from '../page-answer.js';
import { selectAccountPage } from './view.js';

const PARAMETERS = new Set(['flow', 'chosen', 'decision', 'csrf']);

/** GET /select-account. @spec OpenID Connect Core §3.1.2.1 (prompt=select_account) */
export async function showSelectAccount(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  const browser = readCookie(request, 'browser', web.context.settings);
  const flow = await openFlow({ handle: values.get('flow') }, request, browser, web);
  const { step, signedIn } = await decide(
    flow.interaction.request,
    flow.client,
    { request, flow, consented: false },
    web,
  );
  if (step.kind !== 'select-account' || !signedIn || browser === undefined)
    return seeOther(flowAddress({ handle: flow.handle }, web));
  // The proof names the account that is shown, so that the answer counts for no other.
  const shown = { handle: flow.handle, chosen: web.context.hashing.mac(...chosenAccount(flow.handle, signedIn)) };
  const view = selectAccountPage(
    { ...flowForm('/select-account', shown, browser, web), user: personOf(signedIn), clientName: flow.client.name },
    web.shell,
  );
  return pageAnswer(view, { formTargets: [flow.interaction.request.redirectUri] }, web);
}

/** POST /select-account. */
export async function submitSelectAccount(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, PARAMETERS);
  const browser = demandOwnPost(request, values, `flow:${values.get('flow')}`, web);
  const flow = await openFlow({ handle: values.get('flow') }, request, browser, web);
  if (values.get('decision') === 'switch')
    return seeOther(`${web.base}/login?flow=${flow.handle}&reason=switch_account`);
  return seeOther(flowAddress({ handle: flow.handle, chosen: values.get('chosen') }, web));
}
