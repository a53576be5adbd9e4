import type { AdminStore } from './admin/admin-store.js';
import type { AccessTokenStore } from './access-tokens.js';
import type { ApiKeyStore } from './api-keys.js';
import type { AuthorizationCodeStore } from './authorization-codes.js';
import type { ConsentStore } from './consents.js';
import type { DeviceCodeStore } from './device-codes.js';
import type { GrantStore } from './grants.js';
import type { InteractionStore } from './interactions.js';
import type { LoginChallengeStore } from './login-challenges.js';
import type { PendingSignInStore } from './pending-sign-ins.js';
import type { RefreshTokenStore } from './refresh-tokens.js';
import type { ReplayStore } from './replays.js';
import type { SecondFactorStore } from './second-factors.js';
import type { SessionStore } from './sessions.js';
import type { SigningKeyStore } from './signing-keys.js';
import type { RunTransaction } from './transaction.js';
import type { UserStore } from './users.js';
import type { ClientStore, ScopeStore } from './registrations.js';

/** Where everything is kept. Each method is one intention, decided by one statement; it resolves after its commit. */
export interface Store {
  readonly users: UserStore;
  readonly clients: ClientStore;
  readonly scopes: ScopeStore;
  readonly sessions: SessionStore;
  readonly secondFactors: SecondFactorStore;
  readonly pendingSignIns: PendingSignInStore;
  readonly consents: ConsentStore;
  readonly interactions: InteractionStore;
  readonly grants: GrantStore;
  readonly codes: AuthorizationCodeStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly accessTokens: AccessTokenStore;
  readonly deviceCodes: DeviceCodeStore;
  readonly loginChallenges: LoginChallengeStore;
  readonly apiKeys: ApiKeyStore;
  readonly signingKeys: SigningKeyStore;
  readonly replays: ReplayStore;
  readonly admin: AdminStore;
  /** Several changes and the events that tell of them: all of it or nothing. */
  readonly transaction: RunTransaction;
}
