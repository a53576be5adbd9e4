/** The second factor: the code of an app, or a recovery code for whoever has no app at hand. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Field } from '../parts/field.js';
import { Fill } from '../parts/fill.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import { type Person, nameOf } from '../parts/person.js';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';

export interface SecondFactorProps extends FormTarget {
  readonly user: Person;
  /** Whether a recovery code is left to use. */
  readonly hasRecoveryCodes: boolean;
  /** The app that wants more than the sign-in that there is. */
  readonly askedBy?: string;
  readonly problem?: SecondFactorProblem;
  /** The sign-in page, for another account. */
  readonly startAgain: string;
  /** Sends access_denied back to the app. */
  readonly cancel?: FormTarget & { readonly client: string };
}

export interface SecondFactorProblem {
  readonly code: keyof Strings['secondFactor']['problem'];
  readonly retryAfterSeconds?: number;
  /** Which of the two fields it is about. */
  readonly field: 'code' | 'recovery_code';
}

export function secondFactorPage(props: SecondFactorProps, shell: Shell): VNode {
  const words = shell.strings.secondFactor;
  const { problem, user } = props;
  const text = problem && words.problem[problem.code];
  const errorOf = (field: SecondFactorProblem['field']): string | undefined =>
    problem?.field === field && problem.code !== 'locked' ? text : undefined;
  return (
    <CardPage shell={shell} title={words.title}>
      <div class="heading">
        <h1>{words.title}</h1>
        <p class="lead">
          {props.askedBy === undefined ? (
            <Fill text={words.as} values={{ user: <strong>{nameOf(user)}</strong> }} />
          ) : (
            <Fill text={words.stepUp} values={{ client: <strong>{props.askedBy}</strong> }} />
          )}
        </p>
      </div>
      {problem !== undefined && <Alert problem={problem} shell={shell} />}
      <Form action={props.action} hidden={props.hidden} id="second-factor-form" class="fields">
        <Field
          id="code"
          name="code"
          label={words.code}
          hint={words.lead}
          error={errorOf('code')}
          input={{
            autocomplete: 'one-time-code',
            inputMode: 'numeric',
            spellcheck: false,
            autofocus: problem?.field !== 'recovery_code',
            class: 'code-input',
          }}
        />
        <Button id="second-factor-submit">{words.submit}</Button>
      </Form>
      <Recovery {...props} error={errorOf('recovery_code')} words={words} />
      <div class="ways">
        <a id="start-again" href={props.startAgain}>
          {words.startAgain}
        </a>
        {props.cancel !== undefined && (
          <Form action={props.cancel.action} hidden={props.cancel.hidden} id="cancel-form">
            <Button look="link" id="second-factor-cancel">
              <span>
                <Fill text={words.cancel} values={{ client: props.cancel.client }} />
              </span>
            </Button>
          </Form>
        )}
      </div>
    </CardPage>
  );
}

function Alert({ problem, shell }: { problem: SecondFactorProblem; shell: Shell }): VNode {
  const { form, secondFactor } = shell.strings;
  if (problem.code === 'locked') {
    return (
      <Notice tone="danger" id="second-factor-problem">
        <p>
          {secondFactor.problem.locked}
          {problem.retryAfterSeconds !== undefined && ` ${form.tryAgainIn(problem.retryAfterSeconds)}`}
        </p>
      </Notice>
    );
  }
  return (
    <p class="hidden-text" role="alert">
      {form.summary} {secondFactor.problem[problem.code]}
    </p>
  );
}

function Recovery({
  action,
  hidden,
  hasRecoveryCodes,
  problem,
  error,
  words,
}: SecondFactorProps & { error?: string; words: Strings['secondFactor'] }): VNode {
  return (
    <details class="fold other-way" open={problem?.field === 'recovery_code'}>
      <summary id="recovery-open">{words.recoverySummary}</summary>
      {hasRecoveryCodes ? (
        <Form action={action} hidden={hidden} id="recovery-form" class="fields">
          <Field
            id="recovery_code"
            name="recovery_code"
            label={words.recovery}
            hint={words.recoveryHint}
            error={error}
            input={{
              autocomplete: 'off',
              autocapitalize: 'characters',
              spellcheck: false,
              autofocus: problem?.field === 'recovery_code',
              class: 'mono',
            }}
          />
          <Button look="plain" id="recovery-submit">
            {words.recoverySubmit}
          </Button>
        </Form>
      ) : (
        <p class="note">{words.noRecovery}</p>
      )}
    </details>
  );
}
