/** What every store does, whatever it keeps things in. One suite; each implementation runs all of it. */
import { describe } from 'vitest';
import type { CoreStore } from '../../src/storage/memory/store.ts';
import { accessTokensContract } from './contract/access-tokens.ts';
import { apiKeysContract } from './contract/api-keys.ts';
import { authorizationCodesContract } from './contract/authorization-codes.ts';
import { clientsContract } from './contract/clients.ts';
import { consentsContract } from './contract/consents.ts';
import { deviceCodesContract } from './contract/device-codes.ts';
import { grantsContract } from './contract/grants.ts';
import { interactionsContract } from './contract/interactions.ts';
import { refreshTokensContract } from './contract/refresh-tokens.ts';
import { scopesContract } from './contract/scopes.ts';
import { sessionsContract } from './contract/sessions.ts';
import { signingKeysContract } from './contract/signing-keys.ts';
import { usersContract } from './contract/users.ts';

export interface OpenStore {
  /** The same data through several stores, as several workers have it. At least one. */
  readonly stores: readonly [CoreStore, ...CoreStore[]];
  close(): Promise<void>;
}

/** Opens a store with nothing in it. */
export type Open = () => Promise<OpenStore>;

export function describeStore(name: string, open: Open): void {
  describe(name, () => {
    describe('users', () => usersContract(open));
    describe('clients', () => clientsContract(open));
    describe('scopes', () => scopesContract(open));
    describe('sessions', () => sessionsContract(open));
    describe('consents', () => consentsContract(open));
    describe('interactions and replays', () => interactionsContract(open));
    describe('grants', () => grantsContract(open));
    describe('authorization codes', () => authorizationCodesContract(open));
    describe('refresh tokens', () => refreshTokensContract(open));
    describe('access tokens', () => accessTokensContract(open));
    describe('device codes', () => deviceCodesContract(open));
    describe('API keys', () => apiKeysContract(open));
    describe('signing keys', () => signingKeysContract(open));
  });
}
