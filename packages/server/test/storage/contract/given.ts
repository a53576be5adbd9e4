/** Values for the tests of stores: whole, unlike each other, and changed where a test says so. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { ClientId, GrantId, SessionId, TokenHash, UserId } from '@authly/oauth';
import { afterAll, beforeAll } from 'vitest';
import type { AccessToken } from '../../../src/model/tokens/access-token.ts';
import type { AuditEntry } from '../../../src/model/audit-event.ts';
import type { ApiKey } from '../../../src/model/people/api-key.ts';
import type { AuthorizationCode } from '../../../src/model/tokens/authorization-code.ts';
import type { AuthorizationRequest, Interaction } from '../../../src/model/tokens/authorization-request.ts';
import type { DeviceCode } from '../../../src/model/tokens/device-code.ts';
import type { Grant } from '../../../src/model/tokens/grant.ts';
import type { LoginChallenge } from '../../../src/model/tokens/login-challenge.ts';
import type { RefreshToken, SealedReplay } from '../../../src/model/tokens/refresh-token.ts';
import type { Session } from '../../../src/model/people/session.ts';
import type { SigningKey } from '../../../src/model/signing-key.ts';
import { type NewClient, newClient } from '../../../src/model/client.ts';
import type { NewScope } from '../../../src/ports/store/registrations/registrations.ts';
import type { NewUser } from '../../../src/ports/store/people/users.ts';
import type { Store } from '../../../src/ports/store/store.ts';
import type { Open, OpenStore } from '../contract.ts';

/** With milliseconds: what is kept must not be rounded unless it says so. */
export const NOW = new Date('2026-03-01T12:00:00.123Z');

/** So many seconds after NOW. */
export function at(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

/** One store for all tests of a suite; they keep apart by making their own people and clients. */
export function shared(open: Open): { readonly store: Store; readonly stores: readonly Store[] } {
  let opened: OpenStore | undefined;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.close();
  });
  const current = (): OpenStore => {
    if (opened === undefined) throw new Error('the store is not open yet');
    return opened;
  };
  return {
    get store() {
      return current().stores[0];
    },
    get stores() {
      return current().stores;
    },
  };
}

/** A store of its own, for tests that count everything there is. */
export async function alone<T>(open: Open, test: (store: Store, stores: readonly Store[]) => Promise<T>): Promise<T> {
  const { stores, close } = await open();
  try {
    return await test(stores[0], stores);
  } finally {
    await close();
  }
}

/** Calls of the same thing at the same time, spread over the stores. */
export async function parallel<T>(
  stores: readonly Store[],
  times: number,
  call: (store: Store, index: number) => Promise<T>,
): Promise<T[]> {
  const [first] = stores;
  if (first === undefined) throw new Error('no store');
  return await Promise.all(
    Array.from({ length: times }, (_, index) => call(stores[index % stores.length] ?? first, index)),
  );
}

export function uuid<Id extends string>(): Id {
  return randomUUID() as Id;
}

export function hash(): TokenHash {
  return randomBytes(32).toString('base64url') as TokenHash;
}

export function name(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

export function aUser(wish: Partial<NewUser> = {}): NewUser {
  const username = name('person');
  return {
    id: uuid<UserId>(),
    username,
    email: `${username}@example.com`,
    passwordHash: '$argon2id$some hash',
    isActive: true,
    isVerified: true,
    isAdmin: false,
    requiresPasswordChange: false,
    profile: {},
    createdAt: NOW,
    ...wish,
  };
}

export function aClient(wish: Partial<NewClient> = {}): NewClient {
  return newClient({
    id: uuid(),
    clientId: name('client') as ClientId,
    name: 'An application',
    type: 'confidential',
    secrets: [{ id: uuid(), hash: hash(), createdAt: NOW }],
    redirectUris: ['https://app.example/callback'],
    scopes: ['openid', 'profile'],
    createdAt: NOW,
    ...wish,
  });
}

export function aScope(wish: Partial<NewScope> = {}): NewScope {
  return {
    id: uuid(),
    name: name('scope'),
    description: 'A permission',
    isDefault: false,
    isActive: true,
    isSystem: false,
    createdAt: NOW,
    ...wish,
  };
}

export function aSession(wish: Partial<Session> & Pick<Session, 'userId'>): Session {
  return {
    id: uuid<SessionId>(),
    secretHash: hash(),
    loginEpoch: 0,
    createdAt: NOW,
    authTime: NOW,
    lastSeenAt: NOW,
    expiresAt: at(3600),
    acr: 'urn:authly:acr:1',
    amr: ['pwd'],
    ip: '192.0.2.7',
    userAgent: 'A browser',
    ...wish,
  };
}

export function aGrant(wish: Partial<Grant> = {}): Grant {
  return {
    id: uuid<GrantId>(),
    clientId: name('client') as ClientId,
    loginEpoch: 0,
    scopes: ['openid', 'profile'],
    resources: [],
    method: 'authorization_code',
    authTime: NOW,
    acr: 'urn:authly:acr:1',
    amr: ['pwd'],
    offline: false,
    createdAt: NOW,
    expiresAt: at(86_400),
    ...wish,
  };
}

export function aCode(grant: Grant, wish: Partial<AuthorizationCode> = {}): AuthorizationCode {
  return {
    hash: hash(),
    grantId: grant.id,
    clientId: grant.clientId,
    redirectUri: 'https://app.example/callback',
    codeChallenge: 'a challenge',
    createdAt: NOW,
    expiresAt: at(60),
    ...wish,
  };
}

export function anAccessToken(grant: Grant | undefined, wish: Partial<AccessToken> = {}): AccessToken {
  return {
    jti: name('jti'),
    hash: hash(),
    grantId: grant?.id,
    clientId: grant?.clientId ?? (name('client') as ClientId),
    userId: grant?.userId,
    scopes: ['openid'],
    issuedAt: NOW,
    expiresAt: new Date('2026-03-01T13:00:00Z'),
    ...wish,
  };
}

/** An event as it is stored with what it tells of. */
export function anEvent(when = NOW): AuditEntry {
  return { action: 'token.issued', outcome: 'success', actor: { type: 'client', id: 'client' }, at: when };
}

/** The event that tells of a token, and where it came from. */
export const ISSUED = [
  { action: 'token.issued', outcome: 'success', actor: { type: 'client', id: 'client' }, details: {} },
  { ip: '192.0.2.7' },
] as const;

export function aRefreshToken(grant: Grant, wish: Partial<RefreshToken> = {}): RefreshToken {
  return { hash: hash(), grantId: grant.id, generation: 1, createdAt: NOW, expiresAt: at(7200), ...wish };
}

export function aReplay(): SealedReplay {
  return { sealed: randomBytes(40), key: 'client openid' };
}

export function aRequest(wish: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  return {
    clientId: name('client') as ClientId,
    redirectUri: 'https://app.example/callback' as AuthorizationRequest['redirectUri'],
    scopes: ['openid'],
    responseMode: 'query',
    prompts: [],
    acrValues: [],
    resources: [],
    ...wish,
  };
}

export function anInteraction(wish: Partial<Interaction> = {}): Interaction {
  return { idHash: hash(), request: aRequest(), createdAt: NOW, expiresAt: at(600), ...wish };
}

export function aDeviceCode(wish: Partial<DeviceCode> = {}): DeviceCode {
  return {
    hash: hash(),
    userCode: randomBytes(8).toString('hex').toUpperCase(),
    clientId: name('client') as ClientId,
    scopes: ['openid'],
    resources: ['https://api.example'],
    createdAt: NOW,
    expiresAt: at(900),
    intervalSeconds: 5,
    status: 'pending',
    ip: '192.0.2.9',
    userAgent: 'a terminal',
    ...wish,
  };
}

export function aLoginChallenge(wish: Partial<LoginChallenge> = {}): LoginChallenge {
  const { redirectUri: _address, responseMode: _mode, ...question } = aRequest({ codeChallenge: 'a challenge' });
  return {
    hash: hash(),
    userId: uuid<UserId>(),
    loginEpoch: 0,
    question,
    createdAt: NOW,
    expiresAt: at(600),
    attempts: 0,
    ...wish,
  };
}

export function anApiKey(wish: Partial<ApiKey> = {}): ApiKey {
  return { id: name('key'), hash: hash(), hint: 'a1b2', name: 'A key', scopes: ['read'], createdAt: NOW, ...wish };
}

export function aSigningKey(wish: Partial<SigningKey> = {}): SigningKey {
  return {
    kid: name('kid'),
    algorithm: 'ES256',
    publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
    privateSealed: randomBytes(64),
    createdAt: NOW,
    activeAt: at(60),
    ...wish,
  };
}
