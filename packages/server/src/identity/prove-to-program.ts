import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { type Assurance, PASSWORD_ALONE } from './assurance.js';
import { checkSecondFactor, type SecondFactorMethod } from './second-factor/check.js';
import { type SignInAttempt, type SignInRefusal, signIn } from './sign-in.js';

/** What a program has shown of a person, which has no pages to ask more on. */
export type ProgramProof =
  | ({ readonly kind: 'proved'; readonly user: User } & Assurance)
  /** The password was right; the code of the second factor is not there, not right, or was used before. */
  | {
      readonly kind: 'second-factor';
      readonly user: User;
      readonly methods: readonly SecondFactorMethod[];
      readonly code: 'missing' | 'wrong' | 'spent';
    }
  | SignInRefusal;

/** Checks a name, a password, and the second factor of whoever has one. */
export async function proveToProgram(
  attempt: SignInAttempt & { readonly code: string | undefined },
  context: Context,
): Promise<ProgramProof> {
  const { login, password, code, origin, method } = attempt;
  const result = await signIn({ login, password, origin, method }, context);
  if (result.kind !== 'signed-in') return result;
  const { user, secondFactor: methods } = result;
  if (methods.length === 0) return { kind: 'proved', user, ...PASSWORD_ALONE };
  if (code === undefined) return { kind: 'second-factor', user, methods, code: 'missing' };
  const check = await checkSecondFactor({ user, code, origin, method }, context);
  switch (check.kind) {
    case 'right':
      return { kind: 'proved', user, ...check.assurance };
    case 'wrong':
      return { kind: 'second-factor', user, methods, code: check.spent ? 'spent' : 'wrong' };
    case 'locked':
      return check;
  }
}
