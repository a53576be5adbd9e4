/** The set-up of an authenticator app: its secret as a picture and in letters, then a code that proves that the app has it. */
import type { VNode } from 'preact';
import { CardPage } from '../../layout.js';
import { Field } from '../../parts/field.js';
import { type FormTarget, Button, Form } from '../../parts/form.js';
import { Notice } from '../../parts/notice.js';
import type { Shell } from '../../shell.js';
import type { Strings } from '../../strings/english.js';
import { QrCode } from './qr-code.js';

export interface SetUpProps extends FormTarget {
  /** What the QR code holds. */
  readonly address: string;
  readonly secret: string;
  readonly username: string;
  readonly problem?: SetUpProblem;
  /** Back to the account page; nothing has changed there. */
  readonly cancel: string;
}

export interface SetUpProblem {
  readonly code: keyof Strings['secondFactor']['setUp']['problem'];
  readonly retryAfterSeconds?: number;
}

export function setUpPage(props: SetUpProps, shell: Shell): VNode {
  const words = shell.strings.secondFactor.setUp;
  const { problem } = props;
  const error = problem && words.problem[problem.code];
  return (
    <CardPage shell={shell} title={words.title}>
      <div class="heading">
        <h1>{words.title}</h1>
      </div>
      <Secret {...props} words={words} />
      {problem?.code === 'limited' && (
        <Notice tone="danger">
          {error} {shell.strings.form.tryAgainIn(problem.retryAfterSeconds ?? 0)}
        </Notice>
      )}
      {problem !== undefined && problem.code !== 'limited' && (
        <p class="hidden-text" role="alert">
          {shell.strings.form.summary} {error}
        </p>
      )}
      <Form action={props.action} hidden={props.hidden} id="set-up-form" class="fields">
        <Field
          id="code"
          name="code"
          label={words.confirm}
          error={problem?.code === 'limited' ? undefined : error}
          input={{
            autocomplete: 'one-time-code',
            inputMode: 'numeric',
            spellcheck: false,
            autofocus: problem !== undefined,
            class: 'code-input',
          }}
        />
        <div class="actions">
          <Button id="set-up-submit">{words.submit}</Button>
          <a class="button link" id="set-up-cancel" href={props.cancel}>
            {words.cancel}
          </a>
        </div>
      </Form>
    </CardPage>
  );
}

function Secret({ address, secret, username, words }: SetUpProps & { words: Strings['secondFactor']['setUp'] }): VNode {
  return (
    <section class="scan" aria-labelledby="scan-heading">
      <h2 id="scan-heading">{words.scan}</h2>
      <p class="muted">{words.scanLead}</p>
      <QrCode text={address} label={words.qr} />
      <details class="fold other-way">
        <summary id="by-hand-open">{words.byHand}</summary>
        <dl class="facts">
          <div>
            <dt>{words.account}</dt>
            <dd>{username}</dd>
          </div>
          <div>
            <dt>{words.key}</dt>
            <dd>
              <code id="set-up-key" class="key-groups" data-plain={secret}>
                {inGroups(secret)}
              </code>
              <button type="button" class="button link" data-copy="set-up-key" hidden>
                {words.copy}
              </button>
            </dd>
          </div>
          <div>
            <dt>{words.kind}</dt>
            <dd>{words.kindValue}</dd>
          </div>
        </dl>
      </details>
    </section>
  );
}

function inGroups(secret: string): string {
  return secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
}
