import type { AdminStore } from './admin/admin-store.js';
import type { AccessTokenStore } from './tokens/access-tokens.js';
import type { ApiKeyStore } from './people/api-keys.js';
import type { AuthorizationCodeStore } from './tokens/authorization-codes.js';
import type { ConsentStore } from './people/consents.js';
import type { DeviceCodeStore } from './tokens/device-codes.js';
import type { GrantStore } from './tokens/grants.js';
import type { InteractionStore } from './tokens/interactions.js';
import type { LoginChallengeStore } from './tokens/login-challenges.js';
import type { PendingSignInStore } from './people/pending-sign-ins.js';
import type { ProgramLoginStore } from './people/program-logins.js';
import type { PushedRequestStore } from './tokens/pushed-requests.js';
import type { RefreshTokenStore } from './tokens/refresh-tokens.js';
import type { ReplayStore } from './tokens/replays.js';
import type { SecondFactorStore } from './people/second-factors.js';
import type { SessionStore } from './people/sessions.js';
import type { SigningKeyStore } from './registrations/signing-keys.js';
import type { ResourceStore } from './registrations/resources.js';
import type { SelfRegisteredStore } from './registrations/self-registered.js';
import type { RunTransaction } from './transaction.js';
import type { UserStore } from './people/users.js';
import type { ClientLogoStore } from './registrations/client-logos.js';
import type { ClientStore, ScopeStore } from './registrations/registrations.js';

/** Where everything is kept. Each method is one intention, decided by one statement; it resolves after its commit. */
export interface Store {
  readonly users: UserStore;
  readonly clients: ClientStore;
  readonly clientLogos: ClientLogoStore;
  readonly scopes: ScopeStore;
  readonly selfRegistered: SelfRegisteredStore;
  readonly resources: ResourceStore;
  readonly sessions: SessionStore;
  readonly secondFactors: SecondFactorStore;
  readonly pendingSignIns: PendingSignInStore;
  readonly consents: ConsentStore;
  readonly programLogins: ProgramLoginStore;
  readonly interactions: InteractionStore;
  readonly pushedRequests: PushedRequestStore;
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
