import { currentSession, type SignedIn } from '../../../identity/browser-session.js';
import { type SecondFactorMethod, secondFactorMethods } from '../../../identity/second-factor/check.js';
import {
  completeSignIn,
  type HalfSignedIn,
  openPendingSignIn,
} from '../../../identity/second-factor/pending-sign-in.js';
import { type StepUp, stepUp } from '../../../identity/second-factor/step-up.js';
import { type Answer, seeOther } from '../../answer.js';
import { readCookie, setCookie } from '../../cookies.js';
import { formParameters, type Incoming, queryParameters } from '../../incoming.js';
import type { Web } from '../../web.js';
import { carriedDestination, destination } from '../destination.js';
import { decide, demandOwnPost, type Flow, flowAddress, flowForm, openFlow, pageForm, personOf } from '../flow.js';
import { pageAnswer } from '../page-answer.js';
import { backWith, readShownOnce, type ShownOnce } from '../shown-once.js';
import { addressOf, signInAddress } from './address.js';
import { type SecondFactorProblem, secondFactorPage } from './second-factor-view.js';

const PARAMETERS = new Set(['pending', 'flow', 'chosen', 'to', 'user_code', 'code', 'recovery_code', 'csrf']);

/** GET /login/second-factor: after the password, or for an application that a password is not enough for. */
export async function showSecondFactor(request: Incoming, web: Web): Promise<Answer> {
  const { values } = queryParameters(request, PARAMETERS);
  const asked = await whoIsAsked(values, request, web);
  if ('status' in asked) return asked;
  return page(asked, values, readShownOnce<SecondFactorProblem>(ownAddress(values, web), request, web), web);
}

/** POST /login/second-factor. The session begins here, or is worth more from here on. */
export async function submitSecondFactor(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, PARAMETERS);
  demandOwnPost(request, values, purposeOf(values), web);
  const asked = await whoIsAsked(values, request, web);
  if ('status' in asked) return asked;
  const field = values.has('recovery_code') ? 'recovery_code' : 'code';
  const code = values.get(field) ?? '';
  const retry = (problem: SecondFactorProblem): Answer =>
    backWith(ownAddress(values, web), { problem, status: statusOf(problem) }, request, web);
  if (code.trim() === '') return retry({ code: 'missing_code', field });
  const { origin } = request;
  if ('pending' in asked) {
    const before = await currentSession(readCookie(request, 'session', context.settings), context);
    const result = await completeSignIn(asked, { code, before, origin, browser: asked.browser }, context);
    if (result.kind === 'over') return seeOther(signInAddress('expired', values, web));
    if (result.kind !== 'signed-in') return retry(problemOf(result, field));
    return continueLogin(asked, values, result, web);
  }
  const result = await stepUp(asked.signedIn, { code, origin }, context);
  if (result.kind !== 'stepped-up') return retry(problemOf(result, field));
  return continueLogin(asked, values, result, web);
}

/** Whose code is asked for: somebody whose password was right just now, or somebody who is signed in. */
type Asked = {
  readonly browser: string;
  readonly methods: readonly SecondFactorMethod[];
  readonly flow: Flow | undefined;
} & (HalfSignedIn | { readonly signedIn: SignedIn });

async function whoIsAsked(values: ReadonlyMap<string, string>, request: Incoming, web: Web): Promise<Asked | Answer> {
  const { context } = web;
  const browser = readCookie(request, 'browser', context.settings);
  const again = seeOther(signInAddress('expired', values, web));
  const handle = values.get('pending');
  const flow = values.has('flow')
    ? await openFlow({ handle: values.get('flow'), chosen: values.get('chosen') }, request, browser, web)
    : undefined;
  if (browser === undefined) return again;
  if (handle !== undefined) {
    const half = await openPendingSignIn(handle, browser, context);
    if (!half) return again;
    const methods = await secondFactorMethods(half.user.id, context);
    // Taken away meanwhile, so the password is enough: the next sign-in finds that out.
    return methods.length === 0 ? again : { ...half, browser, methods, flow };
  }
  if (!flow) return seeOther(`${web.base}/login`);
  const { step, signedIn } = await decide(
    flow.interaction.request,
    flow.client,
    { request, flow, consented: false },
    web,
  );
  if (step.kind !== 'second-factor' || !signedIn) return seeOther(flowAddress(flow, web));
  return { signedIn, browser, methods: await secondFactorMethods(signedIn.user.id, context), flow };
}

/** The address of this page, from the parameters or the form's fields. */
function ownAddress(values: ReadonlyMap<string, string>, web: Web): string {
  const kept = ['pending', 'flow', 'chosen', 'to', 'user_code'].flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return addressOf('/login/second-factor', Object.fromEntries(kept), web);
}

function purposeOf(values: ReadonlyMap<string, string>): string {
  return values.has('flow') ? `flow:${values.get('flow')}` : `second-factor:${values.get('pending')}`;
}

function problemOf(
  result: Exclude<StepUp, { kind: 'stepped-up' }>,
  field: SecondFactorProblem['field'],
): SecondFactorProblem {
  if (result.kind === 'locked') return { code: 'locked', field, retryAfterSeconds: result.retryAfterSeconds };
  if (result.spent) return { code: 'spent_code', field };
  return { code: field === 'code' ? 'wrong_code' : 'wrong_recovery_code', field };
}

function continueLogin(
  { flow }: Asked,
  values: ReadonlyMap<string, string>,
  { secret, recoveryCodesLeft }: { readonly secret: string; readonly recoveryCodesLeft?: number },
  web: Web,
): Answer {
  const usedRecoveryCode = recoveryCodesLeft !== undefined && !values.has('to');
  const own = usedRecoveryCode ? `${web.base}/account?notice=recovery_code_used` : destination(values, web);
  return seeOther(flow ? flowAddress(flow, web) : own, {
    'Set-Cookie': setCookie('session', secret, web.context.settings),
  });
}

function page(
  asked: Asked,
  values: ReadonlyMap<string, string>,
  said: ShownOnce<SecondFactorProblem> | undefined,
  web: Web,
): Answer {
  const { browser, flow, methods } = asked;
  const pending = 'pending' in asked ? values.get('pending') : undefined;
  const carried = { ...(pending !== undefined && { pending }), ...carriedDestination(values) };
  const path = '/login/second-factor';
  const target = flow ? flowForm(path, flow, browser, web) : pageForm(path, purposeOf(values), browser, web);
  const view = secondFactorPage(
    {
      action: target.action,
      hidden: { ...carried, ...target.hidden },
      user: personOf('pending' in asked ? asked : asked.signedIn),
      hasRecoveryCodes: methods.includes('recovery_code'),
      askedBy: 'pending' in asked ? undefined : flow?.client.name,
      problem: said?.problem,
      startAgain: signInAddress('switch_account', values, web),
      cancel: flow && { ...flowForm('/login/cancel', flow, browser, web), client: flow.client.name },
    },
    web.shell,
  );
  return pageAnswer(view, { said, formTargets: flow ? [flow.interaction.request.redirectUri] : [] }, web);
}

function statusOf(problem: SecondFactorProblem): number {
  if (problem.code === 'missing_code') return 400;
  return problem.code === 'locked' ? 429 : 401;
}
