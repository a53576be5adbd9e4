/** Asks once more for the password, or a code, before something that a thief of the session must not do. */
import type { VNode } from 'preact';
import { PasswordField } from '../parts/field.js';
import { Notice } from '../parts/notice.js';
import type { AccountUser } from './profile.js';
import type { SectionContext } from './section.js';

export interface ProofProblem {
  readonly code: 'missing' | 'wrong' | 'limited';
  readonly retryAfterSeconds?: number;
}

export interface ProofProps {
  readonly id: string;
  readonly user: Pick<AccountUser, 'username'>;
  /** A code will do as well. */
  readonly takesCode: boolean;
  readonly problem?: ProofProblem;
  readonly context: SectionContext;
}

/** Posted as `proof`. */
export function Proof({ id, user, takesCode, problem, context }: ProofProps): VNode {
  const { account, form } = context.shell.strings;
  const words = account.proof;
  const text = problem && words.problem[problem.code === 'wrong' && !takesCode ? 'wrong_password' : problem.code];
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
        id={id}
        name="proof"
        label={takesCode ? words.passwordOrCode : words.password}
        hint={words.hint}
        error={limited ? undefined : text}
        input={{ autocomplete: 'current-password', autofocus: problem !== undefined }}
      />
    </>
  );
}
