import type { Context } from '../../ports/context.js';
import type { LoginChallenge } from '../../model/login-challenge.js';
import { invalidSession } from './refusals.js';

/** The login that an auth_session goes on with, whatever its state. */
export async function findChallenge(
  authSession: string,
  context: Pick<Context, 'store' | 'hashing'>,
): Promise<LoginChallenge | undefined> {
  return context.store.loginChallenges.find(context.hashing.tokenHash(authSession));
}

/** The next round. */
export async function finishLogin(): Promise<string> {
  throw invalidSession();
}
