import { type ClientId, DEVICE_CODE_GRANT } from '@authly/oauth';
import { type NewClient, newClient } from '../model/client.js';
import type { Context } from '../ports/context.js';
import { FIRST_PARTY_CLIENT_ID } from '../protocol/first-party.js';
import { FIRST_SCOPES } from './scopes.js';

export const DEMO_CLIENT_ID = 'demo';
export const PROXY_CLIENT_ID = 'authly-db-proxy';

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
export function ensureDemoClient(secret: string, context: Needs): Promise<void> {
  return ensureClientWithSecret(
    {
      clientId: DEMO_CLIENT_ID as ClientId,
      name: 'Demo application',
      redirectUris: ['http://127.0.0.1/callback'],
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
    },
    secret,
    context,
  );
}

/** The client with which the database proxies ask what tokens are worth. It may do nothing else. */
export function ensureProxyClient(secret: string, context: Needs): Promise<void> {
  return ensureClientWithSecret(
    { clientId: PROXY_CLIENT_ID as ClientId, name: 'Database proxies', redirectUris: [], grantTypes: [], scopes: [] },
    secret,
    context,
  );
}

async function ensureClientWithSecret(
  wish: Pick<NewClient, 'clientId' | 'name' | 'redirectUris' | 'grantTypes' | 'scopes'>,
  secret: string,
  context: Needs,
): Promise<void> {
  const now = context.clock.now();
  const hash = context.hashing.tokenHash(secret);
  const client = newClient({
    ...wish,
    id: context.random.uuid(),
    type: 'confidential',
    createdAt: now,
    secrets: [{ id: context.random.uuid(), hash, createdAt: now }],
  });
  if (await context.store.clients.add(client)) return;
  const present = await context.store.clients.find(wish.clientId);
  if (present?.secrets.some((known) => known.hash === hash) === true) return;
  await context.store.clients.addSecret(wish.clientId, { id: context.random.uuid(), hash }, { now, overlapUntil: now });
}

function firstPartyClient(context: Needs): NewClient {
  return newClient({
    id: context.random.uuid(),
    clientId: FIRST_PARTY_CLIENT_ID as ClientId,
    name: 'Authly',
    type: 'public',
    createdAt: context.clock.now(),
    isSystem: true,
    isFirstParty: true,
    redirectUris: LOOPBACK_CALLBACKS,
    grantTypes: ['authorization_code', 'refresh_token', 'password', DEVICE_CODE_GRANT],
    scopes: FIRST_SCOPES.map((scope) => scope.name),
    applicationType: 'native',
  });
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  const known = new Set(left);
  return known.size === right.length && right.every((member) => known.has(member));
}
