import { redirectUriMatches } from '@authly/oauth';
import { currentSession, type SignedIn } from '../../identity/browser-session.js';
import type { AuthorizationRequest, Interaction } from '../../model/tokens/authorization-request.js';
import { secondFactorMethods } from '../../identity/second-factor/check.js';
import type { Client } from '../../model/client.js';
import { asksForSecondFactor } from '../../protocol/authorize/acr.js';
import { endedInteraction, openInteraction } from '../../protocol/authorize/interaction.js';
import { type NextStep, nextStep } from '../../protocol/authorize/next-step.js';
import { endpointPath } from '../../protocol/endpoints/table.js';
import { OAuthError } from '../../protocol/error.js';
import { subjectFor } from '../../protocol/subject.js';
import { readCookie, readLongCookie } from '../cookies.js';
import { csrfToken, isOwnPost } from '../csrf.js';
import type { Incoming } from '../incoming.js';
import type { Web } from '../web.js';
import type { FormTarget } from './parts/form.js';

/** An authorization request that this browser is going through, page by page. */
export interface Flow {
  readonly handle: string;
  /** Proof that the signed-in account was picked for it. */
  readonly chosen?: string;
  readonly interaction: Interaction;
  readonly client: Client;
  /** The secret of the browser that goes through it. */
  readonly browser: string;
  /** The refusal for someone who comes back to a flow that has ended. */
  gone(): PageError;
}

/** A refusal that has a page of its own rather than an OAuth error. */
export class PageError extends Error {
  constructor(
    readonly kind: 'expired' | 'forged' | 'not_found' | 'forbidden',
    readonly status: number,
  ) {
    super(kind);
    this.name = 'PageError';
  }
}

/** Somebody comes back to a flow that this browser has finished: they are led on to what became of it. */
export class FlowEndedError extends Error {
  constructor(readonly location: string) {
    super('the flow has ended');
    this.name = 'FlowEndedError';
  }
}

/** The page that leads back to the application. */
export function goingBackAddress(handle: string, web: Web): string {
  return `${web.base}/going-back?flow=${encodeURIComponent(handle)}`;
}

/** The secret that ties pages to a browser, and whether the browser has yet to get it. */
export interface Browser {
  readonly secret: string;
  readonly isNew: boolean;
}

/** The secret that ties pages to this browser, made when it has none. */
export function browserOf(request: Incoming, web: Web): Browser {
  const known = readCookie(request, 'browser', web.context.settings);
  return known === undefined
    ? { secret: web.context.random.bytes(24).toString('base64url'), isNew: true }
    : { secret: known, isNew: false };
}

/** The open flow behind a handle; refuses when it has ended or belongs to another browser. */
export async function openFlow(
  proof: { readonly handle: string | undefined; readonly chosen?: string },
  request: Incoming,
  browser: string | undefined,
  web: Web,
): Promise<Flow> {
  const gone = (): PageError => new PageError('expired', 400);
  const { handle } = proof;
  const interaction = await openInteraction(handle, browser, web.context);
  if (!interaction || handle === undefined || browser === undefined) {
    const ended = handle !== undefined && (await endedInteraction(handle, browser, web.context)) !== undefined;
    const hasAnswer = readLongCookie('answer', request, web.context.settings) !== undefined;
    if (ended && (request.method === 'GET' || hasAnswer)) throw new FlowEndedError(goingBackAddress(handle, web));
    throw gone();
  }
  const client = await web.context.directory.client(interaction.request.clientId);
  if (!client?.isActive) throw new OAuthError('invalid_request', 'This application is switched off.');
  if (!mayStillAsk(client, interaction.request))
    throw new OAuthError('invalid_request', 'This application may no longer ask for this.');
  return { handle, ...(proof.chosen !== undefined && { chosen: proof.chosen }), browser, interaction, client, gone };
}

// A page can stay open for an hour. An administrator who takes an address or the flow away meanwhile means this request too.
function mayStillAsk(client: Client, { redirectUri }: AuthorizationRequest): boolean {
  const isKnown = client.redirectUris.some((registered) => redirectUriMatches(registered, redirectUri, client));
  return isKnown && client.grantTypes.includes('authorization_code');
}

/** Who is signed in here, and what has to happen next with a request. */
export async function decide(
  asked: AuthorizationRequest,
  client: Client,
  facts: { readonly request: Incoming; readonly flow?: Flow; readonly consented: boolean },
  web: Web,
): Promise<{ readonly step: NextStep; readonly signedIn: SignedIn | undefined }> {
  const { context } = web;
  const signedIn = await currentSession(readCookie(facts.request, 'session', context.settings), context);
  const consent = signedIn && (await context.store.consents.find(signedIn.user.id, client.clientId));
  const step = nextStep({
    request: asked,
    client,
    now: context.clock.now(),
    askedAt: facts.flow?.interaction.createdAt,
    signedIn: signedIn && {
      ...signedIn,
      subject: subjectFor(signedIn.user.id, client, context),
      hasSecondFactor: asksForSecondFactor(asked) && (await secondFactorMethods(signedIn.user.id, context)).length > 0,
    },
    consent,
    chosen:
      signedIn !== undefined &&
      facts.flow?.chosen !== undefined &&
      context.hashing.isMac(facts.flow.chosen, ...chosenAccount(facts.flow.handle, signedIn)),
    consented: facts.consented,
    passwordChangeEnforced: context.settings['password_change.enforced'],
  });
  return { step, signedIn };
}

/** Says that this session's account was picked for this flow; worthless for any other. */
export function chosenAccount(handle: string, { session }: SignedIn): [purpose: string, value: string] {
  return ['account-chosen', `${handle}\n${session.id}`];
}

/** A form that posts back into the flow. */
export function flowForm(
  path: string,
  flow: { readonly handle: string; readonly chosen?: string },
  browser: string,
  web: Web,
): FormTarget {
  const chosen: Record<string, string> = flow.chosen === undefined ? {} : { chosen: flow.chosen };
  return {
    action: `${web.base}${path}`,
    hidden: { flow: flow.handle, csrf: csrfToken(browser, `flow:${flow.handle}`, web.context), ...chosen },
  };
}

/** A form of a page outside any flow. */
export function pageForm(
  path: string,
  purpose: string,
  browser: string,
  web: Web,
  hidden: Readonly<Record<string, string>> = {},
): FormTarget {
  return { action: `${web.base}${path}`, hidden: { ...hidden, csrf: csrfToken(browser, purpose, web.context) } };
}

/** Refuses a post that does not come from our own page in this browser. */
export function demandOwnPost(
  request: Incoming,
  values: ReadonlyMap<string, string>,
  purpose: string,
  web: Web,
): string {
  const browser = readCookie(request, 'browser', web.context.settings);
  if (!isOwnPost(request, { browser, purpose, token: values.get('csrf') }, web.context) || browser === undefined)
    throw new PageError('forged', 403);
  return browser;
}

/** Where a flow goes on: the authorization endpoint asks again what has to happen next. */
export function flowAddress(
  { handle, chosen }: { readonly handle: string; readonly chosen?: string },
  web: Web,
): string {
  const search = new URLSearchParams({ flow: handle, ...(chosen !== undefined && { chosen }) });
  return `${web.base}${endpointPath('authorize', web.context.settings)}?${search.toString()}`;
}

/** The person as the pages show them. */
export function personOf({ user }: Pick<SignedIn, 'user'>): {
  readonly username: string;
  readonly displayName?: string;
} {
  const name = [user.profile.givenName, user.profile.familyName].filter(Boolean).join(' ');
  return name === '' ? { username: user.username } : { username: user.username, displayName: name };
}
