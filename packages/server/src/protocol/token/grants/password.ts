import { proveToProgram } from '../../../identity/prove-to-program.js';
import type { User } from '../../../model/people/user.js';
import { isEntitled } from '../../entitlement.js';
import { OAuthError } from '../../error.js';
import { checkWish } from '../../resource/check-wish.js';
import { targetOf } from '../../resource/find-target.js';
import { awaitsPasswordChange } from '../../live-scopes.js';
import { passwordChangeFirst } from './live-grant.js';
import { authorizeProgram } from './program-login.js';
import { signInRefusal } from './sign-in-refusal.js';
import type { TokenRequests } from '../token-request.js';
import type { DecideGrant } from './index.js';

/** A name and a password for tokens, for our own command line and old scripts. Off in production unless it is switched on. */
export const authorizeByPassword: DecideGrant<TokenRequests['password']> = async (
  { username: login, password, otp: code, ...wish },
  { client, origin },
  context,
) => {
  const { scopes, resources } = await checkWish(wish, client, context);
  const target = await targetOf({ scopes, resources }, [], { client }, context);
  const proof = await proveToProgram({ login, password, code, origin, method: 'password_grant' }, context);
  if (proof.kind !== 'proved') throw signInRefusal(proof);
  if (awaitsPasswordChange(proof.user, context)) throw passwordChangeFirst();
  checkEntitled(scopes, proof.user);
  return authorizeProgram({ client, proof, scopes, resources, target }, context);
};

function checkEntitled(scopes: readonly string[], user: User): void {
  const refused = scopes.find((scope) => !isEntitled(scope, user));
  if (refused !== undefined) throw new OAuthError('invalid_scope', `The scope ${refused} is for administrators.`);
}
