/** What can be done about the second factor: closed until it is wanted, open when something was wrong with it. */
import type { VNode } from 'preact';
import { PasswordField } from '../../parts/field.js';
import { Button, Form } from '../../parts/form.js';
import { Notice } from '../../parts/notice.js';
import type { AccountUser } from '../profile.js';
import type { SectionContext } from '../section.js';

export interface SecondFactorProblem {
  readonly code: 'missing' | 'wrong' | 'limited';
  readonly retryAfterSeconds?: number;
}

interface FormProps {
  readonly user: AccountUser;
  readonly context: SectionContext;
  readonly problem?: SecondFactorProblem;
}

/** Posts action=set-up. */
export function SetUpForm({ asks, ...props }: FormProps & { asks: boolean }): VNode {
  const { actions, hidden, shell } = props.context;
  const words = shell.strings.account.secondFactor;
  return (
    <details class="fold" open={props.problem !== undefined}>
      <summary class="button small" id="second-factor-open">
        {words.setUp}
      </summary>
      <Form action={actions.secondFactor} hidden={hidden} id="second-factor-form" class="fields narrow">
        <p>{words.setUpLead}</p>
        {asks && <Proof {...props} label={words.password} wrong={words.problem.wrong_password} />}
        <Button id="second-factor-set-up" name="action" value="set-up">
          {words.setUpSubmit}
        </Button>
      </Form>
    </details>
  );
}

/** Posts action=set-up, codes or remove. Enter presses the first button, after which nothing has changed yet. */
export function ChangeForm(props: FormProps): VNode {
  const { actions, hidden, shell } = props.context;
  const words = shell.strings.account.secondFactor;
  return (
    <details class="fold" open={props.problem !== undefined}>
      <summary class="button small" id="second-factor-open">
        {words.change}
      </summary>
      <Form action={actions.secondFactor} hidden={hidden} id="second-factor-form">
        <div class="fields narrow">
          <Proof {...props} label={words.proof} wrong={words.problem.wrong} />
        </div>
        <div class="part">
          <p>{words.replaceLead}</p>
          <Button look="plain" id="second-factor-set-up" name="action" value="set-up">
            {words.replaceSubmit}
          </Button>
        </div>
        <div class="part">
          <p>{words.renewLead}</p>
          <Button look="plain" id="second-factor-codes" name="action" value="codes">
            {words.renewSubmit}
          </Button>
        </div>
        <div class="part">
          <p>{words.removeLead}</p>
          <Button look="danger" id="second-factor-remove" name="action" value="remove">
            {words.removeSubmit}
          </Button>
        </div>
      </Form>
    </details>
  );
}

function Proof({ user, context, problem, label, wrong }: FormProps & { label: string; wrong: string }): VNode {
  const { account, form } = context.shell.strings;
  const words = account.secondFactor;
  const text = problem && (problem.code === 'wrong' ? wrong : words.problem[problem.code]);
  const limited = problem?.code === 'limited';
  return (
    <>
      {limited && (
        <Notice tone="danger">
          {text} {form.tryAgainIn(problem.retryAfterSeconds ?? 0)}
        </Notice>
      )}
      {text !== undefined && !limited && (
        <p class="hidden-text" role="alert">
          {form.summary} {text}
        </p>
      )}
      <input
        class="hidden-text"
        type="text"
        autocomplete="username"
        value={user.username}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        id="second-factor-proof"
        name="proof"
        label={label}
        hint={words.proofHint}
        error={limited ? undefined : text}
        input={{ autocomplete: 'current-password', autofocus: problem !== undefined }}
      />
    </>
  );
}
