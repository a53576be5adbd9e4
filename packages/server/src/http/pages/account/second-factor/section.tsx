/** The second factor on the account page: set up, new recovery codes, another app, off. */
import type { VNode } from 'preact';
import { Fill } from '../../parts/fill.js';
import { Icon } from '../../parts/icons.js';
import { Notice } from '../../parts/notice.js';
import { RelativeTime } from '../../parts/time.js';
import type { AccountUser } from '../profile.js';
import type { SectionContext } from '../section.js';
import { Meta, Row, Section } from '../section.js';
import type { SecondFactorProblem } from './change-form.js';
import { ChangeForm, SetUpForm } from './change-form.js';

export interface SecondFactorState {
  /** Left out while there is none. */
  readonly authenticator?: {
    readonly since: Date;
    readonly recoveryCodesLeft: number;
    readonly recoveryCodesMadeAt: Date;
  };
  /** The password, or a code, must be typed before a set-up begins. */
  readonly asksForPassword: boolean;
  readonly problem?: SecondFactorProblem;
}

export interface SecondFactorSectionProps {
  readonly user: AccountUser;
  readonly state: SecondFactorState;
  readonly context: SectionContext;
}

export function SecondFactorSection({ user, state, context }: SecondFactorSectionProps): VNode {
  const words = context.shell.strings.account.secondFactor;
  const { authenticator, problem } = state;
  return (
    <Section id="second-factor" heading={words.heading} lead={words.lead}>
      {authenticator === undefined ? (
        <SetUpForm user={user} context={context} problem={problem} asks={state.asksForPassword} />
      ) : (
        <>
          <Factors {...authenticator} context={context} />
          <ChangeForm user={user} context={context} problem={problem} />
        </>
      )}
    </Section>
  );
}

/** From here on people are told to make new ones. */
const FEW = 3;

function Factors({
  since,
  recoveryCodesLeft: left,
  recoveryCodesMadeAt,
  context,
}: NonNullable<SecondFactorState['authenticator']> & { context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.secondFactor;
  const time = (at: Date): VNode => <RelativeTime at={at} now={context.now} locale={locale} />;
  return (
    <>
      {left <= FEW && <Notice tone="warning">{left === 0 ? words.empty : words.low}</Notice>}
      <ul class="rows">
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
              <Fill text={words.since} values={{ when: time(since) }} />
            </span>
          </Meta>
        </Row>
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
              <Fill text={words.made} values={{ when: time(recoveryCodesMadeAt) }} />
            </span>
          </Meta>
        </Row>
      </ul>
    </>
  );
}
