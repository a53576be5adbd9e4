/** What every store does, whatever it keeps things in. One suite; each implementation runs all of it. */
import { describe } from 'vitest';
import type { Store } from '../../src/ports/store/store.ts';
import { accessTokensContract } from './contract/tokens/access-tokens.ts';
import { apiKeysContract } from './contract/people/api-keys.ts';
import { authorizationCodesContract } from './contract/tokens/authorization-codes.ts';
import { clientsContract } from './contract/registrations/clients.ts';
import { consentsContract } from './contract/people/consents.ts';
import { deviceCodesContract } from './contract/tokens/device-codes.ts';
import { grantsContract } from './contract/tokens/grants.ts';
import { interactionsContract } from './contract/tokens/interactions.ts';
import { loginChallengesContract } from './contract/tokens/login-challenges.ts';
import { refreshTokensContract } from './contract/tokens/refresh-tokens.ts';
import { scopesContract } from './contract/registrations/scopes.ts';
import { pendingSignInsContract } from './contract/people/pending-sign-ins.ts';
import { secondFactorsContract } from './contract/people/second-factors.ts';
import { sessionsContract } from './contract/people/sessions.ts';
import { signingKeysContract } from './contract/registrations/signing-keys.ts';
import { usersContract } from './contract/people/users.ts';

export interface OpenStore {
  /** The same data through several stores, as several workers have it. At least one. */
  readonly stores: readonly [Store, ...Store[]];
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
    describe('second factors', () => secondFactorsContract(open));
    describe('pending sign-ins', () => pendingSignInsContract(open));
    describe('consents', () => consentsContract(open));
    describe('interactions and replays', () => interactionsContract(open));
    describe('grants', () => grantsContract(open));
    describe('authorization codes', () => authorizationCodesContract(open));
    describe('refresh tokens', () => refreshTokensContract(open));
    describe('access tokens', () => accessTokensContract(open));
    describe('device codes', () => deviceCodesContract(open));
    describe('login challenges', () => loginChallengesContract(open));
    describe('API keys', () => apiKeysContract(open));
    describe('signing keys', () => signingKeysContract(open));
  });
}
