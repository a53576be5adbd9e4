/** The second factor on the account page: set up, new recovery codes, another app, off. */
import type { VNode } from 'preact';
import { Fill } from '../../parts/fill.js';
import { Icon } from '../../parts/icons.js';
import { Notice } from '../../parts/notice.js';
import { RelativeTime } from '../../parts/time.js';
import type { ProofProblem } from '../proof.js';
import type { AccountUser } from '../profile.js';
import { type SectionContext, Meta, Row, Section } from '../section.js';
import { ChangeForm, SetUpForm } from './change-form.js';

export interface SecondFactorState {
  /** Left out while there is none. */
  readonly app?: { readonly since: Date };
  readonly recoveryCodes?: { readonly left: number; readonly madeAt: Date };
  /** The password, or a code, must be typed before a set-up begins. */
  readonly asksForPassword: boolean;
  readonly problem?: ProofProblem;
}

export interface SecondFactorSectionProps {
  readonly user: AccountUser;
  readonly state: SecondFactorState;
  readonly context: SectionContext;
}

export function SecondFactorSection({ user, state, context }: SecondFactorSectionProps): VNode {
  const words = context.shell.strings.account.secondFactor;
  const { app, recoveryCodes, problem } = state;
  return (
    <Section id="second-factor" heading={words.heading} lead={words.lead}>
      {recoveryCodes !== undefined && recoveryCodes.left <= FEW && (
        <Notice tone="warning">{recoveryCodes.left === 0 ? words.empty : words.low}</Notice>
      )}
      {app === undefined ? (
        <SetUpForm user={user} context={context} problem={problem} asks={state.asksForPassword} />
      ) : (
        <>
          <ul class="rows">
            <AppRow {...app} context={context} />
            {recoveryCodes !== undefined && <RecoveryCodesRow {...recoveryCodes} context={context} />}
          </ul>
          <ChangeForm user={user} context={context} problem={problem} />
        </>
      )}
    </Section>
  );
}

/** From here on people are told to make new ones. */
const FEW = 3;

function AppRow({ since, context }: NonNullable<SecondFactorState['app']> & { context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.secondFactor;
  return (
    <Row
      face={<Icon name="phone" />}
      title={
        <>
          {words.app} <span class="badge good">{words.on}</span>
        </>
      }
    >
      <Meta>
        <span>
          <Fill text={words.since} values={{ when: <RelativeTime at={since} now={context.now} locale={locale} /> }} />
        </span>
      </Meta>
    </Row>
  );
}

function RecoveryCodesRow({
  left,
  madeAt,
  context,
}: NonNullable<SecondFactorState['recoveryCodes']> & { context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.secondFactor;
  return (
    <Row
      face={<Icon name="key" />}
      title={
        <>
          {words.recovery}{' '}
          <span class={left === 0 ? 'badge bad' : 'badge'} id="recovery-codes-left">
            {left === 0 ? words.none : words.left(left)}
          </span>
        </>
      }
    >
      <Meta>
        <span>
          <Fill text={words.made} values={{ when: <RelativeTime at={madeAt} now={context.now} locale={locale} /> }} />
        </span>
      </Meta>
    </Row>
  );
}
