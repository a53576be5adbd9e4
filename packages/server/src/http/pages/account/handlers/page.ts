import type { SignedIn } from '../../../../identity/browser-session.js';
import { type Answer, html } from '../../../answer.js';
import { setCookie } from '../../../cookies.js';
import { csrfToken } from '../../../csrf.js';
import { pagePolicy } from '../../../headers.js';
import type { Incoming } from '../../../incoming.js';
import type { Web } from '../../../web.js';
import { browserOf, personOf } from '../../flow.js';
import type { PasswordProblem } from '../../parts/new-password.js';
import { renderPage } from '../../render.js';
import type { ApiKeysProps } from '../api-keys.js';
import type { SecondFactorProblem } from '../second-factor/change-form.js';
import type { AccountActions } from '../section.js';
import { type AccountNotice, accountPage } from '../view.js';
import { recentActivity } from './activity.js';
import { appViews, keysProps, secondFactorState, sessionViews } from './content.js';
import { formPurpose } from './holder.js';

/** What the page shows besides what is stored. */
export interface AccountMoment {
  readonly status?: number;
  readonly notice?: AccountNotice;
  readonly passwordProblem?: PasswordProblem;
  readonly secondFactorProblem?: SecondFactorProblem;
  readonly retryAfterSeconds?: number;
  readonly keys?: Pick<ApiKeysProps, 'created' | 'problem' | 'values'>;
  /** Which part of the long lists. */
  readonly sessionsPage?: number;
  readonly activityBefore?: number;
}

/** The account page of the person who is signed in. */
export async function accountAnswer(
  signedIn: SignedIn,
  moment: AccountMoment,
  request: Incoming,
  web: Web,
): Promise<Answer> {
  const { context, shell } = web;
  const { user } = signedIn;
  const browser = browserOf(request, web);
  const [secondFactor, sessions, apps, apiKeys, recent] = await Promise.all([
    secondFactorState(signedIn, moment.secondFactorProblem, web),
    sessionViews(signedIn, moment.sessionsPage ?? 1, web),
    appViews(user.id, web),
    keysProps(user, web),
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
      apps,
      apiKeys: { ...apiKeys, ...moment.keys },
      activity: recent.activity,
      pages: { sessions: sessions.pages, activity: recent.pages },
    },
    shell,
  );
  const wait = moment.retryAfterSeconds;
  return html(renderPage(view), {
    status: moment.status ?? 200,
    headers: {
      ...pagePolicy(),
      ...(wait !== undefined && { 'Retry-After': String(Math.max(1, Math.ceil(wait))) }),
      ...(browser.isNew && { 'Set-Cookie': setCookie('browser', browser.secret, context.settings) }),
    },
  });
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
