/** A labelled input with its hint and its error, tied together for screen readers. */
import type { VNode } from 'preact';
import { Icon } from './icons.js';

export interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  /** Id of a message elsewhere that is about this field too, such as the summary above the form. */
  readonly describedBy?: string;
  readonly input?: InputTraits;
}

/** What helps password managers and on-screen keyboards. */
export interface InputTraits {
  readonly value?: string;
  readonly autocomplete?: 'username' | 'current-password' | 'new-password' | 'one-time-code' | 'off';
  readonly autocapitalize?: 'none' | 'characters';
  readonly inputMode?: 'email' | 'text' | 'numeric';
  readonly spellcheck?: boolean;
  readonly autofocus?: boolean;
  readonly minlength?: number;
  readonly maxlength?: number;
  readonly placeholder?: string;
  readonly class?: string;
  /** A code in two groups: the script sets the dash. */
  readonly code?: boolean;
}

export function Field({ id, name, label, hint, error, describedBy, input }: FieldProps): VNode {
  const { code, ...traits } = input ?? {};
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        type="text"
        required
        {...traits}
        data-code={code === true ? '' : undefined}
        id={id}
        name={name}
        aria-invalid={error !== undefined || describedBy !== undefined ? 'true' : undefined}
        aria-describedby={descriptions(id, { hint, error, describedBy })}
      />
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

export interface PasswordFieldProps extends FieldProps {
  readonly input?: Omit<InputTraits, 'code' | 'value'>;
}

/** A password input: the script adds the switch that shows it, and the Caps Lock hint. */
export function PasswordField({ id, name, label, hint, error, describedBy, input }: PasswordFieldProps): VNode {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input
          required
          autocapitalize="none"
          spellcheck={false}
          {...input}
          type="password"
          id={id}
          name={name}
          aria-invalid={error !== undefined || describedBy !== undefined ? 'true' : undefined}
          aria-describedby={descriptions(id, { hint, error, describedBy })}
        />
      </div>
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

/** Hint and error of a field. */
export function FieldNotes({ id, hint, error }: Pick<FieldProps, 'id' | 'hint' | 'error'>): VNode {
  return (
    <>
      {error !== undefined && (
        <p class="note wrong" id={`${id}-error`}>
          <Icon name="alert" />
          <span>{error}</span>
        </p>
      )}
      {hint !== undefined && (
        <p class="note" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
}

export function descriptions(
  id: string,
  { hint, error, describedBy }: Pick<FieldProps, 'hint' | 'error' | 'describedBy'>,
): string | undefined {
  const ids = [describedBy, error && `${id}-error`, hint && `${id}-hint`].filter((part) => part !== undefined);
  return ids.length === 0 ? undefined : ids.join(' ');
}
