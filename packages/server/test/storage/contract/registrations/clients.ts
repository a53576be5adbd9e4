import { type ClientId, type ClientMetadata, defaultClientMetadata } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { NewClient } from '../../../../src/model/client.ts';
import type { Open } from '../../contract.ts';
import { aClient, alone, at, hash, NOW, parallel, shared, uuid } from '../given.ts';

/** Every field of the metadata, each with another value than its default. */
const EVERYTHING: Required<Omit<ClientMetadata, 'name'>> & Partial<NewClient> = {
  type: 'confidential',
  isFirstParty: true,
  isSystem: true,
  redirectUris: ['https://app.example/callback', 'https://app.example/other'],
  grantTypes: ['client_credentials'],
  responseTypes: [],
  pkce: 'off',
  assertionAudience: 'compatible',
  dpopBoundAccessTokens: true,
  requirePushedAuthorizationRequests: true,
  idTokenClaims: false,
  scopePolicy: 'allowed',
  accessTokenType: 'JWT',
  skipsConsent: true,
  idTokenAlg: 'PS256',
  postLogoutRedirectUris: ['https://app.example/bye'],
  authMethod: 'private_key_jwt',
  authSigningAlg: 'ES256',
  jwks: { keys: [{ kty: 'EC', kid: 'one' }] },
  jwksUri: 'https://app.example/jwks',
  clientUri: 'https://app.example',
  logoUri: 'https://app.example/logo.png',
  tosUri: 'https://app.example/tos',
  policyUri: 'https://app.example/policy',
  softwareId: 'software',
  softwareVersion: '1.2',
  contacts: ['ops@app.example'],
  userinfoAlg: 'ES256',
  accessTokenAlg: 'EdDSA',
  subjectType: 'pairwise',
  sectorIdentifierUri: 'https://app.example/sector',
  backchannelLogoutUri: 'https://app.example/logout',
  backchannelLogoutSessionRequired: true,
  frontchannelLogoutUri: 'https://app.example/signed-out',
  frontchannelLogoutSessionRequired: true,
  requireAuthTime: true,
  defaultMaxAge: 60,
  initiateLoginUri: 'https://app.example/login',
  requestUris: ['https://app.example/request'],
  applicationType: 'native',
  accessTokenLifetime: 300,
  refreshTokenLifetime: 900,
};

export function clientsContract(open: Open): void {
  const suite = shared(open);

  it('keeps everything of a client', async () => {
    const defaults: object = defaultClientMetadata('confidential');
    for (const [property, value] of Object.entries(defaults))
      expect({ ...EVERYTHING }).not.toMatchObject({ [property]: value });
    const client = aClient({
      ...EVERYTHING,
      secrets: [
        { id: uuid(), hash: hash(), createdAt: NOW, expiresAt: at(60.5) },
        { id: uuid(), hash: hash(), createdAt: at(1) },
      ],
    });
    expect(await suite.store.clients.add(client)).toBe(true);
    expect(await suite.store.clients.find(client.clientId)).toEqual({ ...client, updatedAt: NOW, version: 1 });
  });

  it('knows no client under a name that none has', async () => {
    expect(await suite.store.clients.find('nobody')).toBeUndefined();
    expect(await suite.store.clients.find('no\0body')).toBeUndefined();
    expect(await suite.store.clients.change('nobody', {}, { now: NOW })).toBe('unknown');
    const secret = { id: uuid(), hash: hash() };
    expect(await suite.store.clients.addSecret('nobody', secret, { now: NOW, overlapUntil: NOW })).toBe(false);
  });

  it('gives a client id to one of many who want it', async () => {
    const { clientId } = aClient();
    const answers = await parallel(suite.stores, 20, (store) => store.clients.add(aClient({ clientId })));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await suite.store.clients.find(clientId))?.secrets).toHaveLength(1);
  });

  it('lists clients newest first, in pages, with how many there are', async () => {
    await alone(open, async (store) => {
      const clients = [0, 1, 2, 3].map((age) => aClient({ createdAt: at(age), isActive: age !== 2 }));
      for (const client of clients) await store.clients.add(client);
      const ids = clients.map((client) => client.clientId);
      const active = await store.clients.list({ limit: 2, offset: 0, includeInactive: false });
      expect(active.clients.map((client) => client.clientId)).toEqual([ids[3], ids[1]]);
      expect(active.total).toBe(3);
      const all = await store.clients.list({ limit: 10, offset: 1, includeInactive: true });
      expect(all.clients.map((client) => client.clientId)).toEqual([ids[2], ids[1], ids[0]]);
      expect(all.total).toBe(4);
      expect(await store.clients.list({ limit: 10, offset: 50, includeInactive: true })).toEqual({
        clients: [],
        total: 4,
      });
    });
  });

  it('changes what a change names and leaves the rest', async () => {
    const client = aClient(EVERYTHING);
    await suite.store.clients.add(client);
    const changed = await suite.store.clients.change(
      client.clientId,
      { name: 'Renamed', isActive: false, redirectUris: [], scopes: ['openid'], tosUri: undefined },
      { now: at(10) },
    );
    expect(changed).toEqual({
      ...client,
      name: 'Renamed',
      isActive: false,
      redirectUris: [],
      scopes: ['openid'],
      updatedAt: at(10),
      version: 2,
    });
    expect(await suite.store.clients.find(client.clientId)).toEqual(changed);
  });

  it('clears what a change says the client shall no longer have', async () => {
    const client = aClient(EVERYTHING);
    await suite.store.clients.add(client);
    const clear = ['jwks', 'jwksUri', 'clientUri', 'logoUri', 'defaultMaxAge', 'accessTokenLifetime'] as const;
    await suite.store.clients.change(client.clientId, { softwareId: 'other' }, { now: NOW, clear });
    const stored = await suite.store.clients.find(client.clientId);
    for (const field of clear) expect(stored?.[field]).toBeUndefined();
    expect(stored).toMatchObject({ softwareId: 'other', tosUri: EVERYTHING.tosUri, refreshTokenLifetime: 900 });
  });

  it('refuses a change of a version that is not the stored one', async () => {
    const client = aClient();
    await suite.store.clients.add(client);
    const answers = await parallel(suite.stores, 20, (store) =>
      store.clients.change(client.clientId, { name: 'Changed' }, { now: NOW, ifVersion: 1 }),
    );
    expect(answers.filter((answer) => answer === 'stale')).toHaveLength(19);
    expect(await suite.store.clients.find(client.clientId)).toMatchObject({ version: 2 });
  });

  it('adds a secret that is valid at once and lets the ones before run out', async () => {
    const old = { id: uuid(), hash: hash(), createdAt: NOW };
    const client = aClient({ secrets: [old] });
    await suite.store.clients.add(client);
    const secret = { id: uuid(), hash: hash() };
    const added = await suite.store.clients.addSecret(client.clientId, secret, { now: at(10), overlapUntil: at(70) });
    expect(added).toBe(true);
    const stored = await suite.store.clients.find(client.clientId);
    expect(stored).toMatchObject({ version: 2, updatedAt: at(10) });
    expect(stored?.secrets).toEqual([
      { ...old, expiresAt: at(70) },
      { ...secret, createdAt: at(10) },
    ]);
  });

  it('lengthens no secret and forgets those that have run out', async () => {
    const ended = { id: uuid(), hash: hash(), createdAt: NOW, expiresAt: at(5) };
    const ending = { id: uuid(), hash: hash(), createdAt: at(1), expiresAt: at(20) };
    const client = aClient({ secrets: [ended, ending] });
    await suite.store.clients.add(client);
    const secret = { id: uuid(), hash: hash() };
    await suite.store.clients.addSecret(client.clientId, secret, { now: at(10), overlapUntil: at(70) });
    const stored = await suite.store.clients.find(client.clientId);
    expect(stored?.secrets).toEqual([ending, { ...secret, createdAt: at(10) }]);
  });

  it('keeps a client id as it was written', async () => {
    const clientId = 'Ünï code/:%20' as ClientId;
    await suite.store.clients.add(aClient({ clientId }));
    expect((await suite.store.clients.find(clientId))?.clientId).toBe(clientId);
  });
}
