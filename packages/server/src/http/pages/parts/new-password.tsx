/** The three fields of a password change, the same on the account page and when a change is demanded. */
import type { VNode } from 'preact';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';
import { PasswordField } from './field.js';
import { Notice } from './notice.js';

export interface PasswordProblem {
  readonly code: keyof Strings['password']['problem'];
  readonly retryAfterSeconds?: number;
}

export interface NewPasswordProps {
  readonly shell: Shell;
  /** For the password manager: which entry is being changed. */
  readonly username: string;
  readonly problem?: PasswordProblem;
  readonly minimumLength?: number;
}

export function NewPasswordFields({ shell, username, problem, minimumLength = 8 }: NewPasswordProps): VNode {
  const words = shell.strings.password;
  const text = problem && problemText(problem, minimumLength, shell.strings);
  const at = problem && FIELD_OF[problem.code];
  return (
    <>
      {text !== undefined && at === 'form' && (
        <Notice tone="danger" id="password-problem">
          {text}
        </Notice>
      )}
      {text !== undefined && at !== 'form' && (
        <p class="hidden-text" role="alert">
          {shell.strings.form.summary} {text}
        </p>
      )}
      <input
        class="hidden-text"
        type="text"
        autocomplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        id="current_password"
        name="current_password"
        label={words.current}
        error={at === 'current' ? text : undefined}
        input={{ autocomplete: 'current-password', autofocus: at === 'current' }}
      />
      <PasswordField
        id="new_password"
        name="new_password"
        label={words.new}
        hint={words.hint(minimumLength)}
        error={at === 'new' ? text : undefined}
        input={{ autocomplete: 'new-password', minlength: minimumLength, autofocus: at === 'new' }}
      />
      <PasswordField
        id="confirm_password"
        name="confirm_password"
        label={words.confirm}
        error={at === 'confirm' ? text : undefined}
        input={{ autocomplete: 'new-password', autofocus: at === 'confirm' }}
      />
    </>
  );
}

function problemText(problem: PasswordProblem, minimumLength: number, strings: Strings): string {
  const text = strings.password.problem[problem.code];
  const sentence = typeof text === 'function' ? text(minimumLength) : text;
  return problem.retryAfterSeconds === undefined
    ? sentence
    : `${sentence} ${strings.form.tryAgainIn(problem.retryAfterSeconds)}`;
}

const FIELD_OF: Record<PasswordProblem['code'], 'current' | 'new' | 'confirm' | 'form'> = {
  missing_current: 'current',
  wrong_current: 'current',
  missing_new: 'new',
  too_short: 'new',
  too_long: 'new',
  too_common: 'new',
  same_as_current: 'new',
  common: 'new',
  personal: 'new',
  mismatch: 'confirm',
  rate_limited: 'form',
};
