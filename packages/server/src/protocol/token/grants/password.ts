import type { GrantId, SessionId, TokenResponse } from '@authly/oauth';
import { type SignInRefusal, signIn } from '../../../identity/sign-in.js';
import type { RequestOrigin } from '../../../model/audit-event.js';
import type { Client } from '../../../model/client.js';
import type { Grant } from '../../../model/grant.js';
import type { User } from '../../../model/user.js';
import type { Context } from '../../../ports/context.js';
import { checkScopes } from '../../client/allowed-scopes.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import { isEntitled } from '../../entitlement.js';
import { OAuthError, tooMany } from '../../error.js';
import { ACR_PASSWORD } from '../../first-party.js';
import { checkResources } from '../audience.js';
import { issueTokens } from '../issue.js';
import { scopeParameter } from '../scope-parameter.js';
import { required, type TokenRequest } from '../token-request.js';

/** A name and a password for tokens, for our own command line and old scripts. Off in production unless it is switched on. */
export async function passwordGrant(
  { form, origin }: TokenRequest,
  { client }: AuthenticatedClient,
  context: Context,
): Promise<TokenResponse> {
  const login = required(form, 'username');
  const password = required(form, 'password');
  const asked = await checkScopes(scopeParameter(form), client, context);
  const resources = checkResources(form.lists.get('resource'));
  const result = await signIn({ login, password, origin, method: 'password_grant' }, context);
  if (result.kind !== 'signed-in') throw refusal(result);
  const { user } = result;
  checkEntitled(asked, user);
  return startFamily({ client, user, scopes: asked, resources, origin }, context);
}

/** Stores a login without a browser, and answers its first tokens. */
export async function startFamily(
  login: {
    readonly client: Client;
    readonly user: User;
    readonly scopes: readonly string[];
    readonly resources: readonly string[];
    readonly origin: RequestOrigin;
  },
  context: Context,
): Promise<TokenResponse> {
  const { client, user, scopes, resources, origin } = login;
  const now = context.clock.now();
  const id = context.random.uuid();
  const grant: Grant = {
    id: id as GrantId,
    clientId: client.clientId,
    userId: user.id,
    // No browser stands behind it: the login is a session of its own, which a logout by its ID token ends.
    sessionId: id as SessionId,
    scopes,
    resources,
    method: 'password',
    authTime: now,
    acr: ACR_PASSWORD,
    amr: ['pwd'],
    offline: true,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000),
  };
  const tokens = await issueTokens({ client, grant, user, scopes, resources, generation: 1 }, context);
  await context.store.refreshTokens.start({
    grant,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
  });
  await context.audit.record(
    {
      action: 'token.issued',
      outcome: 'success',
      actor: { type: 'user', id: user.id, name: user.username },
      clientId: client.clientId,
      details: { grant_type: 'password' },
    },
    origin,
  );
  return tokens.response;
}

function checkEntitled(scopes: readonly string[], user: User): void {
  const refused = scopes.find((scope) => !isEntitled(scope, user));
  if (refused !== undefined) throw new OAuthError('invalid_scope', `The scope ${refused} is for administrators.`);
}

function refusal(result: SignInRefusal): OAuthError {
  switch (result.kind) {
    case 'wrong':
      return new OAuthError('invalid_grant', 'Incorrect username or password');
    case 'inactive':
      return new OAuthError('invalid_grant', 'Account is deactivated');
    case 'unverified':
      return new OAuthError('invalid_grant', 'Account not verified');
    case 'locked':
      return tooMany(
        'invalid_grant',
        'Too many failed attempts. Account temporarily locked.',
        result.retryAfterSeconds,
      );
    case 'limited':
      return tooMany('invalid_grant', 'Too many login attempts. Wait, then try again.', result.retryAfterSeconds);
  }
}
