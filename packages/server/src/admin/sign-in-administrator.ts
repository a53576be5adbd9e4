import { ADMIN_SCOPES, type Received } from '@authly/admin-api';
import type { TokenResponse } from '@authly/oauth';
import { type ProgramProof, proveToProgram } from '../identity/prove-to-program.js';
import type { RequestOrigin } from '../model/audit-event.js';
import type { User } from '../model/user.js';
import type { Context } from '../ports/context.js';
import { checkScopes } from '../protocol/client/allowed-scopes.js';
import { OAuthError } from '../protocol/error.js';
import { FIRST_PARTY_CLIENT_ID } from '../protocol/first-party.js';
import { startFamily } from '../protocol/token/grants/password.js';
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
  return { user, tokens: await startFamily({ client, proof, scopes, resources: [], origin }, context) };
}

function refusal(proof: Exclude<ProgramProof, { kind: 'proved' }>): AdminRefusal {
  switch (proof.kind) {
    case 'second-factor':
      if (proof.code === 'wrong') return wrong('The code of the second factor is wrong');
      if (proof.code === 'spent') return wrong('This code was used before; wait for the next one');
      return new AdminRefusal('MFA_REQUIRED', 'A second factor is needed: send its code as otp');
    case 'wrong':
      return wrong('Incorrect username or password');
    case 'inactive':
      return wrong('Account is deactivated');
    case 'unverified':
      return wrong('Account not verified');
    case 'locked':
      return limited('Too many failed attempts. Account temporarily locked.', proof.retryAfterSeconds);
    case 'limited':
      return limited('Too many login attempts. Wait, then try again.', proof.retryAfterSeconds);
  }
}

function wrong(description: string): AdminRefusal {
  return new AdminRefusal('INVALID_CREDENTIALS', description);
}

function limited(description: string, seconds: number): AdminRefusal {
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
  return new AdminRefusal('RATE_LIMITED', description, { headers });
}
