import { isNativeRedirect } from '@authly/oauth';
import { currentSession, type SignedIn } from '../../../identity/browser-session.js';
import type { AuthorizationRequest } from '../../../model/tokens/authorization-request.js';
import type { Client } from '../../../model/client.js';
import { AuthorizationError } from '../../../protocol/authorize/authorization-error.js';
import { claimScopes, consentExtras } from '../../../protocol/authorize/consent-extras.js';
import { errorResponse } from '../../../protocol/authorize/respond.js';
import { liveScopes } from '../../../protocol/live-scopes.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie } from '../../cookies.js';
import { settle } from '../../endpoints/authorize.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { appLogo } from '../app-logo.js';
import { decide, demandOwnPost, type Flow, flowAddress, flowForm, openFlow, PageError, personOf } from '../flow.js';
import { leaveFlow } from '../going-back/handler.js';
import { pageAnswer } from '../page-answer.js';
import { type ScopeView, scopeView } from '../parts/permissions.js';
import { type ConsentClient, consentPage } from './view.js';

const PARAMETERS = new Set(['flow', 'chosen', 'decision', 'shown', 'csrf']);

/** GET /consent. Whatever has to come first sends the person there. */
// @check 83
export async function showConsent(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  const browser = readCookie(request, 'browser', web.context.settings);
  const flow = await openFlow({ handle: values.get('flow'), chosen: values.get('chosen') }, request, browser, web);
  const { step, signedIn } = await decide(
    flow.interaction.request,
    flow.client,
    { request, flow, consented: false },
    web,
  );
  if (step.kind !== 'consent' || !signedIn || browser === undefined) return seeOther(flowAddress(flow, web));
  const asked = flow.interaction.request;
  const form = flowForm('/consent', flow, browser, web);
  const view = consentPage(
    {
      ...form,
      hidden: { ...form.hidden, shown: web.context.hashing.mac(...shownQuestion(flow, signedIn)) },
      client: consentClient(flow.client, asked.redirectUri, web),
      scopes: await scopeViews(asked, flow.client, signedIn, web),
      user: personOf(signedIn),
      switchAccount: flowForm('/consent/switch', flow, browser, web),
      ...(asked.resources.length > 0 && { resource: asked.resources.join(', ') }),
    },
    web.shell,
  );
  return pageAnswer(view, { formTargets: [asked.redirectUri] }, web);
}

/** POST /consent. A yes counts only for the person whom the page was shown to, while they are signed in, and only once. */
// @check 76, 89, 90
export async function submitConsent(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, PARAMETERS);
  const browser = demandOwnPost(request, values, `flow:${values.get('flow')}`, web);
  const flow = await openFlow({ handle: values.get('flow'), chosen: values.get('chosen') }, request, browser, web);
  const asked = flow.interaction.request;
  const decision = values.get('decision');
  if (decision === 'deny') return deny(flow, request, web);
  if (decision !== 'allow') return seeOther(flowAddress(flow, web));
  const { step, signedIn } = await decide(asked, flow.client, { request, flow, consented: true }, web);
  if (!signedIn || !context.hashing.isMac(values.get('shown') ?? '', ...shownQuestion(flow, signedIn)))
    return seeOther(flowAddress(flow, web));
  if (step.kind !== 'issue' && step.kind !== 'refuse') return seeOther(flowAddress(flow, web));
  const answer = await settle(flow, step, signedIn, web);
  if (step.kind === 'issue') await remember(asked, flow.client, signedIn, request, web);
  return answer;
}

/** A no counts whoever says it: it opens nothing. */
async function deny(flow: Flow, request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const asked = flow.interaction.request;
  const first = await context.store.interactions.complete(flow.interaction.idHash, context.clock.now());
  if (!first) throw new PageError('expired', 400);
  const { clientId } = flow.client;
  const person = await currentSession(readCookie(request, 'session', context.settings), context);
  context.events.emit({ type: 'authorization', outcome: 'access_denied' });
  await context.audit.record(
    {
      action: 'consent.denied',
      outcome: 'success',
      actor: person ? { type: 'user', id: person.user.id, name: person.user.username } : { type: 'anonymous' },
      clientId,
      target: { type: 'client', id: clientId },
      details: { scopes: asked.scopes },
    },
    request.origin,
  );
  const denied = new AuthorizationError('access_denied', 'The person denied the request.', asked);
  return leaveFlow(errorResponse(denied, context), flow, web);
}

/** POST /consent/switch: another account for the same request. */
export async function switchAccount(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, PARAMETERS);
  const browser = demandOwnPost(request, values, `flow:${values.get('flow')}`, web);
  const flow = await openFlow({ handle: values.get('flow') }, request, browser, web);
  return seeOther(`${web.base}/login?flow=${flow.handle}&reason=switch_account`);
}

/** Says that this person saw the question: an answer to it counts for nobody else who signs in here meanwhile. */
function shownQuestion({ handle }: Flow, { user }: SignedIn): [purpose: string, value: string] {
  return ['consent-shown', `${handle}\n${user.id}`];
}

async function remember(
  asked: AuthorizationRequest,
  client: Client,
  { user }: SignedIn,
  request: Incoming,
  web: Web,
): Promise<void> {
  const { context } = web;
  const live = await liveScopes(asked.scopes, { client, user }, context);
  const scopes = [...live, ...consentExtras(asked)];
  const { clientId } = client;
  await context.store.transaction(async (tx) => {
    await tx.consents.remember({ userId: user.id, clientId, scopes, grantedAt: context.clock.now() });
    tx.record(
      {
        action: 'consent.granted',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        clientId,
        details: { scopes },
      },
      request.origin,
    );
  });
}

async function scopeViews(
  asked: AuthorizationRequest,
  client: Client,
  { user }: SignedIn,
  web: Web,
): Promise<readonly ScopeView[]> {
  const known = await web.context.directory.scopes();
  const live = await liveScopes(asked.scopes, { client, user }, web.context);
  const scopes = live.map((name) => scopeView(name, known.get(name)?.description, web.shell.strings));
  const claims = claimScopes(asked.claims).map((name) => ({
    name,
    sentence: web.shell.strings.consent.oneClaim(name.slice('claim:'.length)),
  }));
  return [...scopes, ...claims];
}

export function consentClient(client: Client, redirectUri: string, web: Web): ConsentClient {
  const url = new URL(redirectUri);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return {
    name: client.name,
    logoUri: appLogo(client, web),
    clientUri: client.clientUri,
    policyUri: client.policyUri,
    tosUri: client.tosUri,
    redirectHost: isWeb ? url.host : url.protocol,
    redirectKind: isWeb ? (isNativeRedirect(redirectUri) ? 'loopback' : 'web') : 'native',
  };
}
