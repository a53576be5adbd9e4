import type { User } from '../model/user.js';
import type { Context } from '../ports/context.js';
import { ACR_PASSWORD } from '../protocol/first-party.js';
import { type SignInAttempt, type SignInRefusal, signIn } from './sign-in.js';

export type ProgramProof =
  | { readonly kind: 'proved'; readonly user: User; readonly acr: string; readonly amr: readonly string[] }
  | SignInRefusal;

/** Checks a name and a password that came through a program, which has no pages to ask more on. */
export async function proveToProgram(attempt: SignInAttempt, context: Context): Promise<ProgramProof> {
  const result = await signIn(attempt, context);
  if (result.kind !== 'signed-in') return result;
  return { kind: 'proved', user: result.user, acr: ACR_PASSWORD, amr: ['pwd'] };
}
