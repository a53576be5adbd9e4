/** The code that the device shows, typed in. @spec RFC 8628 §3.3 */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Field } from '../parts/field.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';

export interface DeviceEnterProps extends FormTarget {
  /** As it was typed, or from verification_uri_complete. */
  readonly userCode?: string;
  readonly problem?: DeviceProblem;
}

export interface DeviceProblem {
  readonly code: keyof Strings['device']['problem'];
  readonly retryAfterSeconds?: number;
}

export function deviceEnterPage(props: DeviceEnterProps, shell: Shell): VNode {
  const words = shell.strings.device;
  const { problem } = props;
  const wait = problem?.retryAfterSeconds;
  return (
    <CardPage shell={shell} title={words.enterTitle}>
      <div class="heading">
        <h1>{words.enterTitle}</h1>
        <p class="lead">{words.enterLead}</p>
      </div>
      {problem !== undefined && (
        <Notice tone="danger" id="device-problem">
          {words.problem[problem.code]}
          {wait !== undefined && ` ${shell.strings.form.tryAgainIn(wait)}`}
        </Notice>
      )}
      <Form action={props.action} hidden={props.hidden} id="device-form" class="fields">
        <Field
          id="user_code"
          name="user_code"
          label={words.code}
          hint={words.codeHint}
          describedBy={problem === undefined ? undefined : 'device-problem'}
          input={{
            class: 'code-input',
            value: props.userCode,
            placeholder: 'XXXX-XXXX',
            autocomplete: 'off',
            autocapitalize: 'characters',
            spellcheck: false,
            maxlength: 32,
            autofocus: true,
            code: true,
          }}
        />
        <Button id="device-submit">{words.submit}</Button>
      </Form>
    </CardPage>
  );
}
