import type { Client } from '../../../model/client.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { User } from '../../../model/people/user.js';
import type { Context } from '../../../ports/context.js';
import { OAuthError } from '../../error.js';
import type { RefusalReason } from '../../refusal-reason.js';
import { awaitsPasswordChange, liveScopes } from '../../live-scopes.js';

/** A grant at the moment of its use. */
export interface GrantInUse {
  readonly grant: Grant;
  readonly client: Client;
  readonly user: User | undefined;
}

export type GrantState =
  | { readonly kind: 'alive'; readonly scopes: readonly string[] }
  | {
      readonly kind:
        | 'revoked'
        | 'expired'
        | 'no-person'
        | 'deactivated'
        | 'password-change'
        | 'nothing-left'
        | 'not-offline';
    };

/** Whether a grant may be used now, and what of its scopes still holds. */
export async function stateOfGrant(
  { grant, client, user }: GrantInUse,
  context: Pick<Context, 'clock' | 'directory' | 'settings'>,
): Promise<GrantState> {
  if (grant.revokedAt !== undefined) return { kind: 'revoked' };
  if (grant.expiresAt <= context.clock.now()) return { kind: 'expired' };
  if (grant.userId !== undefined && user === undefined) return { kind: 'no-person' };
  if (user && !user.isActive) return { kind: 'deactivated' };
  if (awaitsPasswordChange(user, context)) return { kind: 'password-change' };
  const scopes = await liveScopes(grant.scopes, { client, user }, context);
  if (grant.scopes.length > 0 && scopes.length === 0) return { kind: 'nothing-left' };
  // It outlives the browser's session only by this scope.
  if (grant.scopes.includes('offline_access') && !scopes.includes('offline_access')) return { kind: 'not-offline' };
  return { kind: 'alive', scopes };
}

/** The scopes of a grant that may be used; refuses any other. */
export async function useGrant(
  use: GrantInUse,
  context: Pick<Context, 'clock' | 'directory' | 'settings' | 'store'>,
): Promise<readonly string[]> {
  const state = await stateOfGrant(use, context);
  switch (state.kind) {
    case 'alive':
      return state.scopes;
    case 'revoked':
      throw invalidGrant('The login was revoked.');
    case 'expired':
      throw invalidGrant('The login has ended.');
    case 'no-person':
      throw invalidGrant('The login has no person any more.');
    case 'deactivated':
      throw invalidGrant('The account is deactivated.');
    case 'password-change':
      throw passwordChangeFirst();
    case 'nothing-left':
      throw invalidGrant('Everything that was granted has been taken away since.');
    case 'not-offline':
      await context.store.grants.revoke({ id: use.grant.id }, 'scope_withdrawn', context.clock.now());
      throw invalidGrant('The scope offline_access was taken away since: the login has ended.');
  }
}

/** A refusal to everything but the change itself. */
export function passwordChangeFirst(): OAuthError {
  return new OAuthError('invalid_grant', 'The password must be changed first, in a browser.', {
    members: { requires_password_change: true },
  });
}

export function invalidGrant(description: string, reason?: RefusalReason): OAuthError {
  return new OAuthError('invalid_grant', description, { reason });
}
