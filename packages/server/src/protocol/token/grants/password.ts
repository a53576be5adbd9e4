import type { GrantId, SessionId, TokenResponse } from '@authly/oauth';
import { type ProgramProof, proveToProgram } from '../../../identity/prove-to-program.js';
import type { RequestOrigin } from '../../../model/audit-event.js';
import type { Client } from '../../../model/client.js';
import type { Grant } from '../../../model/grant.js';
import type { User } from '../../../model/user.js';
import type { Context } from '../../../ports/context.js';
import { checkScopes } from '../../client/allowed-scopes.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import { isEntitled } from '../../entitlement.js';
import { OAuthError } from '../../error.js';
import { signInRefusal } from '../sign-in-refusal.js';
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
  const code = form.values.get('otp');
  const proof = await proveToProgram({ login, password, code, origin, method: 'password_grant' }, context);
  if (proof.kind !== 'proved') throw refusal(proof);
  checkEntitled(asked, proof.user);
  return startFamily({ client, proof, scopes: asked, resources, origin }, context);
}

/** Stores a login without a browser, and answers its first tokens. */
export async function startFamily(
  login: {
    readonly client: Client;
    readonly proof: Pick<Extract<ProgramProof, { kind: 'proved' }>, 'user' | 'acr' | 'amr'>;
    readonly scopes: readonly string[];
    readonly resources: readonly string[];
    readonly origin: RequestOrigin;
  },
  context: Context,
): Promise<TokenResponse> {
  const { client, scopes, resources, origin } = login;
  const { user, acr, amr } = login.proof;
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
    acr,
    amr,
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

/** The token endpoint asks nothing: whoever has a second factor sends its code with the password. */
function refusal(proof: Exclude<ProgramProof, { kind: 'proved' }>): OAuthError {
  if (proof.kind !== 'second-factor') return signInRefusal(proof);
  switch (proof.code) {
    case 'missing':
      return new OAuthError(
        'mfa_required',
        'The password is right, and a second factor is needed. Send its code as otp with the same request, or log in with a browser or a device code.',
        { members: { mfa_methods: proof.methods } },
      );
    case 'wrong':
      return new OAuthError('invalid_grant', 'The code of the second factor is wrong.');
    case 'spent':
      return new OAuthError('invalid_grant', 'This code was used before. Wait for the next one.');
  }
}
