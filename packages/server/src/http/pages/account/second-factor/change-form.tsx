/** What can be done about the second factor: closed until it is wanted, open when something was wrong with it. */
import type { VNode } from 'preact';
import { Button, Form } from '../../parts/form.js';
import { Proof, type ProofProblem } from '../proof.js';
import type { AccountUser } from '../profile.js';
import type { SectionContext } from '../section.js';

interface FormProps {
  readonly user: AccountUser;
  readonly context: SectionContext;
  readonly problem?: ProofProblem;
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
        {asks && <Proof {...props} id="second-factor-proof" takesCode={false} />}
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
          <Proof {...props} id="second-factor-proof" takesCode />
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
