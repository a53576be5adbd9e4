import type { SignedIn } from '../../../../identity/browser-session.js';
import type { Answer } from '../../../answer.js';
import { csrfToken } from '../../../csrf.js';
import { ALONE_IN_ITS_WINDOW } from '../../../headers.js';
import type { Incoming } from '../../../incoming.js';
import type { Web } from '../../../web.js';
import { browserOf, personOf } from '../../flow.js';
import { pageAnswer } from '../../page-answer.js';
import type { PasswordProblem } from '../../parts/new-password.js';
import { backWith, readShownOnce } from '../../shown-once.js';
import type { ProofProblem } from '../proof.js';
import type { ApiKeysProps } from '../api-keys/section.js';
import type { AccountActions } from '../section.js';
import { type AccountNotice, accountPage } from '../view.js';
import { recentActivity } from './activity.js';
import { appViews, keysProps, programViews, secondFactorState, sessionViews } from './content.js';
import { formPurpose } from './holder.js';

/** What the page shows besides what is stored. */
export interface AccountMoment {
  readonly notice?: AccountNotice;
  readonly passwordProblem?: PasswordProblem;
  readonly secondFactorProblem?: ProofProblem;
  readonly retryAfterSeconds?: number;
  readonly keys?: Pick<ApiKeysProps, 'created' | 'problem' | 'values' | 'proofProblem' | 'changing'>;
  /** Which part of the long lists. */
  readonly sessionsPage?: number;
  readonly activityBefore?: number;
}

/** What was wrong with a form of the page. */
export type AccountProblem = Pick<
  AccountMoment,
  'passwordProblem' | 'secondFactorProblem' | 'retryAfterSeconds' | 'keys'
>;

/** The account page of the person who is signed in. */
export async function accountAnswer(
  signedIn: SignedIn,
  asked: AccountMoment,
  request: Incoming,
  web: Web,
): Promise<Answer> {
  const { context, shell } = web;
  const { user } = signedIn;
  const browser = browserOf(request, web);
  const said = readShownOnce<AccountProblem>(`${web.base}/account`, request, web);
  const moment: AccountMoment = { ...said?.problem, ...asked };
  const [secondFactor, sessions, programs, apps, apiKeys, recent] = await Promise.all([
    secondFactorState(signedIn, moment.secondFactorProblem, web),
    sessionViews(signedIn, moment.sessionsPage ?? 1, web),
    programViews(user.id, web),
    appViews(user.id, web),
    keysProps(signedIn, web),
    recentActivity(user.id, moment.activityBefore, web),
  ]);
  const view = accountPage(
    {
      user: {
        ...personOf(signedIn),
        id: user.id,
        email: user.email,
        emailVerified: user.isVerified,
        isAdmin: user.isAdmin,
        createdAt: user.createdAt,
      },
      hidden: {
        csrf: csrfToken(browser.secret, formPurpose(signedIn), context),
        // A form that makes something is good for once, so that reloading the answer makes no second one.
        once: context.random.bytes(16).toString('base64url'),
      },
      actions: actions(web),
      now: context.clock.now(),
      notice: moment.notice,
      password: {
        changedAt: user.passwordChangedAt,
        minimumLength: context.settings['passwords.min_length'],
        problem: moment.passwordProblem,
      },
      secondFactor,
      sessions: sessions.sessions,
      programs,
      apps,
      apiKeys: { ...apiKeys, ...moment.keys },
      activity: recent.activity,
      pages: { sessions: sessions.pages, activity: recent.pages },
    },
    shell,
  );
  return pageAnswer(view, { browser, said, headers: ALONE_IN_ITS_WINDOW }, web);
}

/** Back to a section of the page, which says once what was wrong with its form. */
export function backToSection(
  section: 'password' | 'second-factor' | 'api-keys',
  said: { readonly status: number; readonly problem: AccountProblem },
  request: Incoming,
  web: Web,
): Answer {
  return backWith(`${web.base}/account#${section}`, said, request, web);
}

function actions({ base }: Web): AccountActions {
  return {
    signOut: `${base}/account/sign-out`,
    changePassword: `${base}/account/password`,
    secondFactor: `${base}/account/second-factor`,
    sessions: `${base}/account/sessions`,
    apps: `${base}/account/apps`,
    apiKeys: `${base}/account/api-keys`,
  };
}
