/** What the memory store keeps. Every change happens without waiting in between, so nothing can come between its parts. */
import type { GrantId, SessionId, TokenHash, UserId } from '@authly/oauth';
import type { AccessToken } from '../../model/access-token.js';
import type { ApiKey } from '../../model/api-key.js';
import type { AuthorizationCode } from '../../model/authorization-code.js';
import type { Interaction } from '../../model/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { DeviceCode } from '../../model/device-code.js';
import type { Grant, RevocationReason } from '../../model/grant.js';
import type { LoginChallenge } from '../../model/login-challenge.js';
import type { RefreshToken, SealedReplay } from '../../model/refresh-token.js';
import type { Scope } from '../../model/scope.js';
import type { Authenticator, AuthenticatorSetup, PendingSignIn } from '../../model/second-factor.js';
import type { Session } from '../../model/session.js';
import type { SigningKey } from '../../model/signing-key.js';
import type { User } from '../../model/user.js';
import type { Consent } from '../../ports/store/consents.js';

export interface Account {
  readonly user: User;
  readonly passwordHash: string;
}

export type StoredAuthenticator = Omit<Authenticator, 'recoveryCodesLeft'> & { readonly lastStep: number };

export interface StoredRefreshToken {
  readonly token: RefreshToken;
  readonly replay?: SealedReplay;
  readonly successor?: TokenHash;
}

export interface Tables {
  readonly accounts: Map<UserId, Account>;
  readonly clients: Map<string, Client>;
  readonly scopes: Map<string, Scope>;
  readonly sessions: Map<SessionId, Session>;
  readonly authenticators: Map<UserId, StoredAuthenticator>;
  readonly authenticatorSetups: Map<UserId, AuthenticatorSetup>;
  readonly recoveryCodes: Map<string, { readonly userId: UserId; readonly usedAt?: Date }>;
  readonly pendingSignIns: Map<string, PendingSignIn>;
  readonly consents: Map<string, Consent>;
  readonly interactions: Map<string, Interaction>;
  readonly grants: Map<GrantId, Grant>;
  readonly codes: Map<TokenHash, AuthorizationCode>;
  readonly refreshTokens: Map<TokenHash, StoredRefreshToken>;
  readonly accessTokens: Map<string, AccessToken>;
  readonly deviceCodes: Map<TokenHash, DeviceCode>;
  readonly loginChallenges: Map<TokenHash, LoginChallenge>;
  readonly apiKeys: Map<string, ApiKey>;
  readonly signingKeys: Map<string, SigningKey>;
  /** When each mark runs out. */
  readonly replays: Map<string, Date>;
}

export function emptyTables(): Tables {
  return {
    accounts: new Map(),
    clients: new Map(),
    scopes: new Map(),
    sessions: new Map(),
    authenticators: new Map(),
    authenticatorSetups: new Map(),
    recoveryCodes: new Map(),
    pendingSignIns: new Map(),
    consents: new Map(),
    interactions: new Map(),
    grants: new Map(),
    codes: new Map(),
    refreshTokens: new Map(),
    accessTokens: new Map(),
    deviceCodes: new Map(),
    loginChallenges: new Map(),
    apiKeys: new Map(),
    signingKeys: new Map(),
    replays: new Map(),
  };
}

/** Revokes the grants that are meant and not revoked yet; answers how many were alive. */
export function revokeGrants(
  tables: Tables,
  isMeant: (grant: Grant) => boolean,
  { reason, now }: { readonly reason: RevocationReason; readonly now: Date },
): number {
  let alive = 0;
  for (const grant of tables.grants.values()) {
    if (grant.revokedAt !== undefined || !isMeant(grant)) continue;
    tables.grants.set(grant.id, { ...grant, revokedAt: now, revokedReason: reason });
    if (grant.expiresAt > now) alive += 1;
  }
  return alive;
}

/** Newest first, as the lists are. */
export function newestFirst<T extends { readonly createdAt: Date }>(
  values: Iterable<T>,
  idOf: (value: T) => string,
): T[] {
  return [...values].toSorted(
    (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (idOf(a) < idOf(b) ? 1 : idOf(a) > idOf(b) ? -1 : 0),
  );
}

/** What was given, without the members that are `undefined`: those leave what they would change as it is. */
export function given<T extends object>(change: T): Partial<T> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>;
}
