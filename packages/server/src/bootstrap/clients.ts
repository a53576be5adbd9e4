import { type ClientId, DEVICE_CODE_GRANT } from '@authly/oauth';
import type { Context } from '../ports/context.js';
import type { NewClient } from '../ports/store/registrations.js';
import { FIRST_PARTY_CLIENT_ID } from '../protocol/first-party.js';
import { FIRST_SCOPES } from './scopes.js';

export const DEMO_CLIENT_ID = 'demo';

const LOOPBACK_CALLBACKS = ['http://127.0.0.1/callback', 'http://[::1]/callback'] as const;

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>;

/** The client of our own command line: public, without consent page, allowed everything that its user is. */
export async function ensureFirstPartyClient(context: Needs): Promise<void> {
  const wanted = firstPartyClient(context);
  if (await context.store.clients.add(wanted)) return;
  const present = await context.store.clients.find(FIRST_PARTY_CLIENT_ID);
  if (present === undefined || sameMembers(present.scopes, wanted.scopes)) return;
  // A newer version knows more scopes than the one that made the client.
  await context.store.clients.change(
    FIRST_PARTY_CLIENT_ID,
    { scopes: wanted.scopes, grantTypes: wanted.grantTypes, redirectUris: wanted.redirectUris },
    { now: context.clock.now() },
  );
}

/** A confidential client to try things with. Its secret belongs to the data directory, so that it stays the same. */
export async function ensureDemoClient(secret: string, context: Needs): Promise<void> {
  const now = context.clock.now();
  const hash = context.hashing.tokenHash(secret);
  const added = await context.store.clients.add({
    ...blankClient(DEMO_CLIENT_ID, 'Demo application', context),
    type: 'confidential',
    secrets: [{ id: context.random.uuid(), hash, createdAt: now }],
    authMethod: 'client_secret_basic',
    redirectUris: ['http://127.0.0.1/callback'],
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
  });
  if (added) return;
  const present = await context.store.clients.find(DEMO_CLIENT_ID);
  if (present?.secrets.some((known) => known.hash === hash) === true) return;
  await context.store.clients.addSecret(
    DEMO_CLIENT_ID,
    { id: context.random.uuid(), hash },
    { now, overlapUntil: now },
  );
}

function firstPartyClient(context: Needs): NewClient {
  return {
    ...blankClient(FIRST_PARTY_CLIENT_ID, 'Authly', context),
    type: 'public',
    isSystem: true,
    isFirstParty: true,
    authMethod: 'none',
    redirectUris: LOOPBACK_CALLBACKS,
    grantTypes: ['authorization_code', 'refresh_token', 'password', DEVICE_CODE_GRANT],
    scopes: FIRST_SCOPES.map((scope) => scope.name),
    applicationType: 'native',
  };
}

function blankClient(clientId: string, name: string, context: Needs): Omit<NewClient, 'type' | 'authMethod'> {
  return {
    id: context.random.uuid(),
    clientId: clientId as ClientId,
    name,
    isActive: true,
    isSystem: false,
    isFirstParty: false,
    secrets: [],
    redirectUris: [],
    postLogoutRedirectUris: [],
    grantTypes: [],
    responseTypes: ['code'],
    scopes: [],
    requirePkce: true,
    contacts: [],
    idTokenAlg: 'RS256',
    subjectType: 'public',
    requireAuthTime: false,
    requestUris: [],
    applicationType: 'web',
    createdAt: context.clock.now(),
  };
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  const known = new Set(left);
  return known.size === right.length && right.every((member) => known.has(member));
}
