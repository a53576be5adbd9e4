import { ADMIN_SCOPES, type Received } from '@authly/admin-api';
import type { TokenResponse } from '@authly/oauth';
import { type SignInRefusal, signIn } from '../identity/sign-in.js';
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
  const result = await signIn({ login: body.username, password: body.password, origin, method: 'admin_api' }, context);
  if (result.kind !== 'signed-in') throw refusal(result);
  const { user } = result;
  if (!user.isAdmin) throw new AdminRefusal('ADMIN_REQUIRED', 'Administrative privileges required for this operation');
  return { user, tokens: await startFamily({ client, user, scopes, resources: [], origin }, context) };
}

function refusal(result: SignInRefusal): AdminRefusal {
  switch (result.kind) {
    case 'wrong':
      return wrong('Incorrect username or password');
    case 'inactive':
      return wrong('Account is deactivated');
    case 'unverified':
      return wrong('Account not verified');
    case 'locked':
      return limited('Too many failed attempts. Account temporarily locked.', result.retryAfterSeconds);
    case 'limited':
      return limited('Too many login attempts. Wait, then try again.', result.retryAfterSeconds);
  }
}

function wrong(description: string): AdminRefusal {
  return new AdminRefusal('INVALID_CREDENTIALS', description);
}

function limited(description: string, seconds: number): AdminRefusal {
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
  return new AdminRefusal('RATE_LIMITED', description, { headers });
}
