import type { AuditEvent, RequestOrigin } from '../../model/audit-event.js';
import type { AddJob } from '../jobs.js';
import type { AccessTokenStore } from './tokens/access-tokens.js';
import type { IdempotencyStore } from './admin/idempotency.js';
import type { ClientAdminStore, ScopeAdminStore } from './admin/registrations.js';
import type { TokenListStore } from './admin/token-list.js';
import type { ApiKeyStore } from './people/api-keys.js';
import type { ConsentStore } from './people/consents.js';
import type { GrantStore } from './tokens/grants.js';
import type { ProgramLoginStore } from './people/program-logins.js';
import type { ClientStore, ScopeStore } from './registrations/registrations.js';
import type { ResourceStore } from './registrations/resources.js';
import type { SelfRegisteredStore } from './registrations/self-registered.js';
import type { SecondFactorStore } from './people/second-factors.js';
import type { SessionStore } from './people/sessions.js';
import type { SigningKeyStore } from './registrations/signing-keys.js';
import type { UserStore } from './people/users.js';

/**
 * Changes that must not happen without the event that tells of them. Nothing in a transaction may wait for anything outside of
 * it: it holds a connection, and rows that others want.
 */
export interface Transaction {
  readonly users: Pick<UserStore, 'find' | 'add' | 'change' | 'remove' | 'setPassword'>;
  readonly clients: Pick<ClientStore, 'find' | 'add' | 'change' | 'addSecret'>;
  readonly scopes: Pick<ScopeStore, 'all' | 'add' | 'addMissing' | 'change'>;
  readonly selfRegistered: Pick<
    SelfRegisteredStore,
    'add' | 'replaceToken' | 'addInitialToken' | 'useInitialToken' | 'removeLeftovers'
  >;
  readonly resources: Pick<ResourceStore, 'find' | 'add' | 'change' | 'remove'>;
  readonly sessions: Pick<SessionStore, 'end'>;
  readonly secondFactors: Pick<SecondFactorStore, 'enable' | 'replaceRecoveryCodes' | 'remove'>;
  readonly consents: Pick<ConsentStore, 'remember' | 'withdraw'>;
  readonly programLogins: Pick<ProgramLoginStore, 'end'>;
  readonly grants: Pick<GrantStore, 'revoke'>;
  readonly accessTokens: Pick<AccessTokenStore, 'revoke'>;
  readonly apiKeys: Pick<ApiKeyStore, 'add' | 'revoke' | 'revokeAll' | 'rotate'>;
  readonly signingKeys: Pick<SigningKeyStore, 'rotate' | 'withdraw'>;
  readonly jobs: AddJob;
  readonly admin: {
    readonly clients: Pick<ClientAdminStore, 'remove' | 'revokeOwnTokens'>;
    readonly scopes: Pick<ScopeAdminStore, 'remove'>;
    readonly tokens: Pick<TokenListStore, 'countActive'>;
    readonly idempotency: Pick<IdempotencyStore, 'keep'>;
    /** Forgets what was counted under these keys, as far as the database counts it. */
    readonly limits: { forget(keys: readonly string[]): Promise<void> };
  };
  /** The event is stored with the changes or not at all. */
  record(event: AuditEvent, origin: RequestOrigin): void;
}

/**
 * Commits when the work returns, rolls back when it throws. The work may be done again from its beginning, when the database
 * had to undo it for the sake of another: what it does besides must bear that.
 */
export type RunTransaction = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
