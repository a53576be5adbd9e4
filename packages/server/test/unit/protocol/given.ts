/** What the pure rules of the protocol are asked about: a client, a person and what is known of scopes; no server, no database. */
import { type ClientId, type Parameters, readParameters, type UserId } from '@authly/oauth';
import { type Client, newClient } from '../../../src/model/client.ts';
import { resourceRegistry } from '../../../src/model/resource.ts';
import type { Scope } from '../../../src/model/scope.ts';
import type { User } from '../../../src/model/people/user.ts';
import type { Context } from '../../../src/ports/context.ts';
import { parameterNames } from '../../../src/protocol/endpoints/table.ts';

export const NOW = new Date('2026-03-01T12:00:00Z');

export function secondsAgo(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

export function aClient(wish: Partial<Client> = {}): Client {
  const known = newClient({
    id: 'c1',
    clientId: 'app' as ClientId,
    name: 'An application',
    type: 'confidential',
    redirectUris: ['https://app.example/callback'],
    scopes: ['openid', 'profile', 'read'],
    createdAt: NOW,
  });
  return { ...known, updatedAt: NOW, version: 1, ...wish };
}

export function aUser(wish: Partial<User> = {}): User {
  return {
    id: 'u1' as UserId,
    username: 'ada',
    email: 'ada@example.com',
    isActive: true,
    isVerified: true,
    isAdmin: false,
    requiresPasswordChange: false,
    profile: { phoneNumberVerified: false },
    loginEpoch: 0,
    passwordChangedAt: NOW,
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
    ...wish,
  };
}

export function aScope(name: string, wish: Partial<Scope> = {}): Scope {
  return {
    id: name,
    name,
    description: name,
    isDefault: false,
    isActive: true,
    isSystem: false,
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
    ...wish,
  };
}

/** What is registered, as the rules look it up. */
export function registered(clients: readonly Client[], scopes: readonly Scope[]): Context {
  const known: Pick<Context, 'directory'> & { readonly settings: Partial<Context['settings']> } = {
    settings: { 'authorization.require_par': false },
    directory: {
      client: async (clientId) => clients.find((client) => client.clientId === clientId),
      scopes: async () => new Map(scopes.map((scope) => [scope.name, scope])),
      resources: async () => resourceRegistry([]),
    },
  };
  return known as Context;
}

/** The parameters of an authorization request, as they come from a query string. */
export function asked(parameters: Readonly<Record<string, string | readonly string[] | undefined>>): Parameters {
  const pairs = Object.entries(parameters).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => [name, value] as const),
  );
  return readParameters(pairs, parameterNames('authorize'));
}
