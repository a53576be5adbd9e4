import type { SignedIn } from '../../../../identity/browser-session.js';
import { removeSecondFactor, renewRecoveryCodes } from '../../../../identity/second-factor/change.js';
import type { NotProved } from '../../../../identity/second-factor/prove-again.js';
import { beginSetUp, confirmSetUp, type ShownSetup } from '../../../../identity/factors/totp/set-up.js';
import { type Answer, seeOther } from '../../../answer.js';
import { setCookie } from '../../../cookies.js';
import { csrfToken } from '../../../csrf.js';
import { formParameters, type Incoming } from '../../../incoming.js';
import type { Web } from '../../../web.js';
import { browserOf } from '../../flow.js';
import { pageAnswer } from '../../page-answer.js';
import { accountPost, formPurpose } from '../handlers/holder.js';
import { backToSection } from '../handlers/page.js';
import { type CodesProps, recoveryCodesPage } from './codes-view.js';
import { type SetUpProblem, setUpPage } from './set-up-view.js';

const CHANGE = new Set(['action', 'proof', 'once', 'csrf']);
const CONFIRM = new Set(['setup', 'code', 'csrf']);

/** POST /account/second-factor: set up an app, make new recovery codes, turn it off. */
export async function submitSecondFactorChange(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, CHANGE);
  const signedIn = await accountPost(request, values, web);
  if ('status' in signedIn) return signedIn;
  const wanted = { signedIn, typed: values.get('proof'), request, web };
  switch (values.get('action')) {
    case 'set-up':
      return begin(wanted);
    case 'codes':
      return renew(wanted);
    case 'remove':
      return remove(wanted);
    default:
      return seeOther(sectionAddress(web));
  }
}

interface Wanted {
  readonly signedIn: SignedIn;
  /** The password or a code. */
  readonly typed: string | undefined;
  readonly request: Incoming;
  readonly web: Web;
}

/** The answer shows the secret; until a code of it comes back, nothing has changed. */
async function begin({ signedIn, typed, request, web }: Wanted): Promise<Answer> {
  const begun = await beginSetUp(signedIn, { typed, issuer: issuerOf(web), origin: request.origin }, web.context);
  if (begun.kind !== 'begun') return showRefusal(begun, request, web);
  return setUpAnswer(begun.setup, signedIn, undefined, request, web);
}

async function renew({ signedIn, typed, request, web }: Wanted): Promise<Answer> {
  const change = { ...signedIn, typed, origin: request.origin };
  const result = await renewRecoveryCodes(change, web.context);
  if (result.kind === 'gone') return seeOther(sectionAddress(web));
  if (result.kind !== 'renewed') return showRefusal(result, request, web);
  return codesAnswer({ codes: result.recoveryCodes, occasion: 'renewed' }, signedIn, web);
}

async function remove({ signedIn, typed, request, web }: Wanted): Promise<Answer> {
  const change = { ...signedIn, typed, origin: request.origin };
  const result = await removeSecondFactor(change, web.context);
  if (result.kind === 'gone') return seeOther(sectionAddress(web));
  if (result.kind !== 'removed') return showRefusal(result, request, web);
  return seeOther(`${web.base}/account?notice=second_factor_removed`);
}

/** POST /account/second-factor/confirm: the first code of the app. The answer is the only place where the recovery codes are shown. */
export async function submitSetUpCode(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { values } = formParameters(request, CONFIRM);
  const signedIn = await accountPost(request, values, web);
  if ('status' in signedIn) return signedIn;
  const code = values.get('code') ?? '';
  const typed = { id: values.get('setup') ?? '', code, issuer: issuerOf(web), origin: request.origin };
  const result = await confirmSetUp(signedIn, typed, context);
  switch (result.kind) {
    case 'enabled':
      return codesAnswer({ codes: result.recoveryCodes, occasion: 'enabled' }, signedIn, web, {
        'Set-Cookie': setCookie('session', result.secret, context.settings),
      });
    case 'wrong': {
      const problem: SetUpProblem = { code: code.trim() === '' ? 'missing_code' : 'wrong_code' };
      return setUpAnswer(result.setup, signedIn, problem, request, web);
    }
    case 'limited': {
      const problem: SetUpProblem = { code: 'limited', retryAfterSeconds: result.retryAfterSeconds };
      return setUpAnswer(result.setup, signedIn, problem, request, web);
    }
    case 'over':
      return seeOther(sectionAddress(web));
  }
}

/** What an app calls the account: the product, as on the pages. */
function issuerOf({ shell }: Web): string {
  return shell.theme.productName;
}

function sectionAddress({ base }: Web): string {
  return `${base}/account#second-factor`;
}

function showRefusal(result: NotProved, request: Incoming, web: Web): Answer {
  const retryAfterSeconds = result.kind === 'limited' ? result.retryAfterSeconds : undefined;
  const secondFactorProblem = { code: result.kind, retryAfterSeconds };
  const status = result.kind === 'limited' ? 429 : 400;
  return backToSection('second-factor', { status, problem: { secondFactorProblem, retryAfterSeconds } }, request, web);
}

function setUpAnswer(
  setup: ShownSetup,
  signedIn: SignedIn,
  problem: SetUpProblem | undefined,
  request: Incoming,
  web: Web,
): Answer {
  const browser = browserOf(request, web);
  const view = setUpPage(
    {
      action: `${web.base}/account/second-factor/confirm`,
      hidden: { setup: setup.id, csrf: csrfToken(browser.secret, formPurpose(signedIn), web.context) },
      address: setup.address,
      secret: setup.secret,
      username: signedIn.user.username,
      problem,
      cancel: sectionAddress(web),
    },
    web.shell,
  );
  const wait = problem?.retryAfterSeconds;
  const status = problem === undefined ? 200 : wait === undefined ? 400 : 429;
  return pageAnswer(view, { status, retryAfterSeconds: wait }, web);
}

function codesAnswer(
  shown: Pick<CodesProps, 'codes' | 'occasion'>,
  { user }: SignedIn,
  web: Web,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const view = recoveryCodesPage({ ...shown, username: user.username, done: sectionAddress(web) }, web.shell);
  return pageAnswer(view, { headers }, web);
}
