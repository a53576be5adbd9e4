/** Changing the password; closed until it is wanted, open when something was wrong with it. */
import type { VNode } from 'preact';
import { Fill } from '../parts/fill.js';
import { Button, Form } from '../parts/form.js';
import { type PasswordProblem, NewPasswordFields } from '../parts/new-password.js';
import { RelativeTime } from '../parts/time.js';
import type { AccountUser } from './profile.js';
import { type SectionContext, Section } from './section.js';

export interface PasswordState {
  readonly changedAt?: Date;
  readonly minimumLength?: number;
  readonly problem?: PasswordProblem;
}

export interface PasswordSectionProps {
  readonly user: AccountUser;
  readonly password: PasswordState;
  readonly context: SectionContext;
}

export function PasswordSection({ user, password, context }: PasswordSectionProps): VNode {
  const { account, password: fields, locale } = context.shell.strings;
  const words = account.password;
  const changed = password.changedAt;
  return (
    <Section
      id="password"
      heading={words.heading}
      lead={
        <>
          {changed !== undefined && (
            <Fill
              text={`${words.changed} `}
              values={{ when: <RelativeTime at={changed} now={context.now} locale={locale} /> }}
            />
          )}
          {words.lead}
        </>
      }
    >
      <details class="fold" open={password.problem !== undefined}>
        <summary class="button small" id="change-password-open">
          {fields.submit}
        </summary>
        <Form
          action={context.actions.changePassword}
          hidden={context.hidden}
          id="change-password-form"
          class="fields narrow"
        >
          <NewPasswordFields
            shell={context.shell}
            username={user.username}
            problem={password.problem}
            minimumLength={password.minimumLength}
          />
          <Button id="change-password-submit">{fields.submit}</Button>
        </Form>
      </details>
    </Section>
  );
}
