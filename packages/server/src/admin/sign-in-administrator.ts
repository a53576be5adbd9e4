import { ADMIN_SCOPES, type Received } from '@authly/admin-api';
import type { TokenResponse } from '@authly/oauth';
import { proveToProgram } from '../identity/prove-to-program.js';
import { refusalWords, type Unproved } from '../identity/refusal-words.js';
import type { RequestOrigin } from '../model/audit-event.js';
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { checkScopes } from '../protocol/client/allowed-scopes.js';
import { OAuthError } from '../protocol/error.js';
import { FIRST_PARTY_CLIENT_ID } from '../protocol/first-party.js';
import { awaitsPasswordChange } from '../protocol/live-scopes.js';
import { BEARER } from '../protocol/proof/binding.js';
import { ownAudience } from '../protocol/resource/own-audience.js';
import { issue } from '../protocol/token/issue.js';
import { authorizeProgram } from '../protocol/token/grants/program-login.js';
import { AdminRefusal, invalid } from './refusal.js';

/** A way in for administrators that does not depend on the password grant: name and password for tokens of our own client. */
export async function signInAdministrator(
  body: Received<'adminAuthenticate'>['body'],
  origin: RequestOrigin,
  context: Context,
): Promise<{ readonly user: User; readonly tokens: TokenResponse }> {
  const client = await context.directory.client(FIRST_PARTY_CLIENT_ID);
  if (!client?.isActive) throw new AdminRefusal('UNAVAILABLE', 'The client of the command line is missing.');
  const scopes = await checkScopes(body.scope ?? [...ADMIN_SCOPES], client, context).catch((error: unknown) => {
    if (error instanceof OAuthError) throw invalid([{ field: 'scope', message: error.description }]);
    throw error;
  });
  const { username: login, password, otp: code } = body;
  const proof = await proveToProgram({ login, password, code, origin, method: 'admin_api' }, context);
  if (proof.kind !== 'proved') throw refusal(proof);
  const { user } = proof;
  if (!user.isAdmin) throw new AdminRefusal('ADMIN_REQUIRED', 'Administrative privileges required for this operation');
  if (awaitsPasswordChange(user, context))
    throw new AdminRefusal('PASSWORD_CHANGE_REQUIRED', 'Password change required before anything else');
  const target = { audience: ownAudience(context) };
  const authorization = authorizeProgram({ client, proof, scopes, resources: [], target }, context);
  return { user, tokens: await issue(authorization, { binding: BEARER, origin }, context) };
}

const CODES = {
  credentials: 'INVALID_CREDENTIALS',
  'second-factor-missing': 'MFA_REQUIRED',
  'too-often': 'RATE_LIMITED',
} as const;

function refusal(proof: Unproved): AdminRefusal {
  const { kind, sentence, retryAfterSeconds } = refusalWords(proof);
  if (retryAfterSeconds === undefined) return new AdminRefusal(CODES[kind], sentence);
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) };
  return new AdminRefusal(CODES[kind], sentence, { headers });
}
