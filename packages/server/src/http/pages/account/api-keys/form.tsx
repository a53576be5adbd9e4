/** The form that makes an API key. */
import type { VNode } from 'preact';
import { Field, FieldNotes } from '../../parts/field.js';
import { Button, Form } from '../../parts/form.js';
import { Notice } from '../../parts/notice.js';
import type { ScopeView } from '../../parts/permissions.js';
import type { Strings } from '../../strings/english.js';
import { Proof, type ProofProblem, type ProofProps } from '../proof.js';
import type { SectionContext } from '../section.js';

export interface KeyFormProps {
  /** What this person may give to a key. */
  readonly grantable: readonly ScopeView[];
  /** Lifetimes to choose from, in days; the first is preselected. */
  readonly lifetimesDays: readonly number[];
  /** Offer keys that do not expire, posted as an empty expires_in. */
  readonly allowNever?: boolean;
  readonly problem?: KeyProblem;
  /** Left out for whoever signed in a moment ago. */
  readonly proof?: Pick<ProofProps, 'user' | 'takesCode'>;
  readonly proofProblem?: ProofProblem;
  /** What was typed, when it has to be typed again. */
  readonly values?: { readonly name?: string; readonly scopes?: readonly string[]; readonly expiresIn?: string };
}

export type KeyProblem = keyof Strings['account']['keys']['problem'];

const SECONDS_A_DAY = 86_400;

export function CreateKey({ context, ...props }: KeyFormProps & { context: SectionContext }): VNode {
  const words = context.shell.strings.account.keys;
  const { problem, values } = props;
  const about = problem && FIELD_OF[problem];
  const text = problem && words.problem[problem];
  return (
    <details class="fold" open={problem !== undefined || (props.proofProblem !== undefined && values !== undefined)}>
      <summary class="button small" id="create-key-open">
        {words.createSummary}
      </summary>
      <Form action={context.actions.apiKeys} hidden={context.hidden} id="create-key-form" class="fields narrow">
        {about === 'form' && <Notice tone="danger">{text}</Notice>}
        {text !== undefined && about !== 'form' && (
          <p class="hidden-text" role="alert">
            {context.shell.strings.form.summary} {text}
          </p>
        )}
        <Field
          id="key-name"
          name="name"
          label={words.name}
          hint={words.nameHint}
          error={about === 'name' ? text : undefined}
          input={{ value: values?.name, autocomplete: 'off', maxlength: 255, autofocus: about === 'name' }}
        />
        <ScopeChoice {...props} error={about === 'scope' ? text : undefined} words={words} />
        <Lifetime {...props} error={about === 'expiry' ? text : undefined} words={words} />
        {props.proof && <Proof {...props.proof} id="key-proof" problem={props.proofProblem} context={context} />}
        <Button id="create-key-submit" name="action" value="create">
          {words.create}
        </Button>
      </Form>
    </details>
  );
}

type Words = Strings['account']['keys'];

function ScopeChoice({ grantable, values, error, words }: KeyFormProps & { error?: string; words: Words }): VNode {
  return (
    <fieldset aria-describedby={error === undefined ? undefined : 'key-scope-error'}>
      <legend class="legend">{words.scopes}</legend>
      {grantable.length === 0 && <p class="note">{words.noScopes}</p>}
      {grantable.map(({ name, sentence }, index) => (
        <label class="check" for={`key-scope-${index}`}>
          <input
            type="checkbox"
            id={`key-scope-${index}`}
            name="scope"
            value={name}
            checked={values?.scopes?.includes(name) === true}
            autofocus={index === 0 && error !== undefined}
          />
          <span>
            {sentence} <code class="muted">{name}</code>
          </span>
        </label>
      ))}
      <FieldNotes id="key-scope" error={error} />
    </fieldset>
  );
}

function Lifetime({
  lifetimesDays,
  allowNever,
  values,
  error,
  words,
}: KeyFormProps & { error?: string; words: Words }): VNode {
  const choices = lifetimesDays.map((days) => ({ value: String(days * SECONDS_A_DAY), label: words.inDays(days) }));
  if (allowNever === true) {
    choices.push({ value: '', label: words.never });
  }
  return (
    <div class="field">
      <label for="key-expires">{words.expiresIn}</label>
      <select
        id="key-expires"
        autofocus={error !== undefined}
        name="expires_in"
        aria-describedby={error === undefined ? undefined : 'key-expires-error'}
      >
        {choices.map(({ value, label }) => (
          <option value={value} selected={value === values?.expiresIn}>
            {label}
          </option>
        ))}
      </select>
      <FieldNotes id="key-expires" error={error} />
    </div>
  );
}

const FIELD_OF: Record<KeyProblem, 'name' | 'scope' | 'expiry' | 'form'> = {
  missing_name: 'name',
  name_too_long: 'name',
  name_taken: 'name',
  missing_scope: 'scope',
  bad_scope: 'scope',
  bad_expiry: 'expiry',
  bad_overlap: 'form',
  too_many: 'form',
  too_fast: 'form',
};
