/** Everything that is kept about a person, and what they can do about it: one page, one section a subject. */
import type { VNode } from 'preact';
import { Layout } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { type Hidden, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import { nameOf } from '../parts/person.js';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';
import { type ActivityView, ActivitySection } from './activity.js';
import { NewKey } from './api-keys/new.js';
import { type ApiKeysProps, ApiKeysSection } from './api-keys/section.js';
import { type AppAccessView, AppsSection } from './apps.js';
import { type PasswordState, PasswordSection } from './password.js';
import { type AccountUser, ProfileSection } from './profile.js';
import { type SecondFactorState, SecondFactorSection } from './second-factor/section.js';
import type { AccountActions, PageLinks, SectionContext } from './section.js';
import { type ProgramView, type SessionView, SessionsSection } from './sessions.js';

export interface AccountProps {
  readonly user: AccountUser;
  /** Carried by every form of the page: the CSRF token. */
  readonly hidden: Hidden;
  readonly actions: AccountActions;
  readonly now: Date;
  /** What the form just sent has done. */
  readonly notice?: AccountNotice;
  readonly password: PasswordState;
  readonly secondFactor: SecondFactorState;
  readonly sessions: readonly SessionView[];
  readonly programs: readonly ProgramView[];
  readonly apps: readonly AppAccessView[];
  /** Left out where API keys are not offered. */
  readonly apiKeys?: ApiKeysProps;
  readonly activity?: readonly ActivityView[];
  /** The rest of lists that are longer than the page. */
  readonly pages?: { readonly sessions?: PageLinks; readonly activity?: PageLinks };
}

export type AccountNotice = keyof Strings['account']['notice'];

export function accountPage(props: AccountProps, shell: Shell): VNode {
  const words = shell.strings.account;
  const { hidden, actions, now, user } = props;
  const context: SectionContext = { shell, hidden, actions, now };
  return (
    <Layout shell={shell} title={words.title} width="wide" corner={<SignOut user={user} context={context} />}>
      <div class="columns">
        <SectionList props={props} words={words} />
        <div class="sections">
          <h1>{words.title}</h1>
          {props.notice !== undefined && (
            <Notice tone="success" id="account-notice">
              {words.notice[props.notice]}
            </Notice>
          )}
          {props.apiKeys?.created !== undefined && <NewKey created={props.apiKeys.created} context={context} />}
          <ProfileSection user={user} context={context} />
          <PasswordSection user={user} password={props.password} context={context} />
          <SecondFactorSection user={user} state={props.secondFactor} context={context} />
          <SessionsSection
            sessions={props.sessions}
            programs={props.programs}
            pages={props.pages?.sessions}
            context={context}
          />
          <AppsSection apps={props.apps} context={context} />
          {props.apiKeys !== undefined && <ApiKeysSection {...props.apiKeys} context={context} />}
          {props.activity !== undefined && (
            <ActivitySection activity={props.activity} pages={props.pages?.activity} context={context} />
          )}
        </div>
      </div>
    </Layout>
  );
}

function SignOut({ user, context }: { user: AccountUser; context: SectionContext }): VNode {
  const words = context.shell.strings.account;
  return (
    <div class="corner">
      <span class="signed-in">
        <Fill text={words.signedInAs} values={{ user: nameOf(user) }} />
      </span>
      <Form action={context.actions.signOut} hidden={context.hidden} id="sign-out-form">
        <Button look="small" id="sign-out">
          {words.signOut}
        </Button>
      </Form>
    </div>
  );
}

function SectionList({ props, words }: { props: AccountProps; words: Strings['account'] }): VNode {
  const sections = [
    ['profile', words.profile.heading],
    ['password', words.password.heading],
    ['second-factor', words.secondFactor.heading],
    ['sessions', words.sessions.heading],
    ['apps', words.apps.heading],
    ...(props.apiKeys === undefined ? [] : [['api-keys', words.keys.heading]]),
    ...(props.activity === undefined ? [] : [['activity', words.activity.heading]]),
  ];
  return (
    <nav class="contents" aria-label={words.sections}>
      <ul>
        {sections.map(([id, heading]) => (
          <li>
            <a href={`#${id}`}>{heading}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
