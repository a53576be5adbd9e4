import type { TokenResponse } from '@authly/oauth';
import type { AuditEntry, AuditEvent } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { Grant } from '../../model/tokens/grant.js';
import type { User } from '../../model/people/user.js';
import type { Target } from '../resource/find-target.js';
import type { MintedTokens } from './mint.js';

/** What a grant has decided: who may have which tokens. Nothing is made or stored yet. */
export interface Authorization {
  readonly client: Client;
  /** The login of a person that the tokens belong to; absent when a client asks for itself. */
  readonly login?: {
    readonly grant: Grant;
    readonly user: User;
    /** The place of the new refresh token in its chain. */
    readonly generation: number;
    readonly nonce?: string;
  };
  /** The grant's, or fewer; of them the access token has what fits its target. */
  readonly scopes: readonly string[];
  /** What the access token is for. */
  readonly target: Target;
  /** What the audit log tells of it, once it has happened. */
  readonly event: AuditEvent;
  /**
   * One statement: uses up what gave the right and stores the tokens and the event, or none of it. Answers what the client gets;
   * refuses when somebody else was faster, or the right is gone.
   */
  commit(tokens: MintedTokens, event: AuditEntry): Promise<TokenResponse>;
}

/** A grant authorizes, or it finds that it has answered this very request before. */
export type Decision = Authorization | { readonly repeated: TokenResponse };

/** The event of tokens that a person gets. */
export function issuedTo(user: User, client: Client, grantType: string): AuditEvent {
  return {
    action: 'token.issued',
    outcome: 'success',
    actor: { type: 'user', id: user.id, name: user.username },
    clientId: client.clientId,
    details: { grant_type: grantType },
  };
}
