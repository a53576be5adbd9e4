/** A password that someone else chose must be replaced before anything else. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { type PasswordProblem, NewPasswordFields } from '../parts/new-password.js';
import { type Person, PersonRow } from '../parts/person.js';
import type { Shell } from '../shell.js';

export interface PasswordChangeProps extends FormTarget {
  readonly user: Person;
  readonly switchAccount?: FormTarget;
  readonly problem?: PasswordProblem;
  readonly minimumLength?: number;
}

export function passwordChangePage(props: PasswordChangeProps, shell: Shell): VNode {
  const words = shell.strings.password;
  return (
    <CardPage shell={shell} title={words.requiredTitle}>
      <div class="heading">
        <h1>{words.requiredTitle}</h1>
        <p class="lead">{words.requiredLead}</p>
      </div>
      <PersonRow shell={shell} user={props.user} switchAccount={props.switchAccount} />
      <Form action={props.action} hidden={props.hidden} id="password-change-form" class="fields">
        <NewPasswordFields
          shell={shell}
          username={props.user.username}
          problem={props.problem}
          minimumLength={props.minimumLength}
        />
        <Button id="password-change-submit">{words.requiredSubmit}</Button>
      </Form>
    </CardPage>
  );
}
