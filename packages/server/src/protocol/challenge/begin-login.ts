import type { Parameters } from '@authly/oauth';
import { proveToProgram } from '../../identity/prove-to-program.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { readQuestion } from '../authorize/question.js';
import { signInRefusal } from '../sign-in-refusal.js';
import { required } from '../token/token-request.js';
import { demandNothingLeft, makeLoginCode } from './issue.js';

/** The first round: name and password, and the second factor where the program has asked for it already. Answers a code. */
export async function beginLogin(
  { form, origin, client }: { readonly form: Parameters; readonly origin: RequestOrigin; readonly client: Client },
  context: Context,
): Promise<string> {
  const login = required(form, 'username');
  const password = required(form, 'password');
  const question = await readQuestion(form, client, context);
  const proof = await proveToProgram({ login, password, origin, method: 'challenge' }, context);
  switch (proof.kind) {
    case 'proved': {
      const proved = { question, client, user: proof.user, acr: proof.acr, amr: proof.amr };
      await demandNothingLeft(proved, context);
      const made = makeLoginCode(proved, context);
      await context.store.codes.issue(made.grant, made.code);
      return made.secret;
    }
    case 'wrong':
    case 'inactive':
    case 'unverified':
    case 'locked':
    case 'limited':
      throw signInRefusal(proof);
  }
}
