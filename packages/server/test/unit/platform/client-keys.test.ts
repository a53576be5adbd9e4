import type { ClientId } from '@authly/oauth';
import { CompactSign, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, newClient } from '../../../src/model/client.ts';
import { createClientKeys } from '../../../src/platform/client-keys/client-keys.ts';
import { createRemoteKeys } from '../../../src/platform/client-keys/remote-keys.ts';

interface Pair {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

let es256: Pair;
let rs256: Pair;
let other: Pair;
let now: Date;
let served: JWK[];
let fetches: number;
let isDown: boolean;
let faults: unknown[];

async function pair(alg: string, kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid } };
}

beforeAll(async () => {
  [es256, rs256, other] = await Promise.all([pair('ES256', 'one'), pair('RS256', 'two'), pair('ES256', 'other')]);
});
beforeEach(() => {
  now = new Date('2026-01-01T00:00:00Z');
  served = [es256.jwk];
  fetches = 0;
  isDown = false;
  faults = [];
});

function keys() {
  const remote = createRemoteKeys({ now: () => now }, async () => {
    fetches += 1;
    if (isDown) throw new Error('the host could not be reached');
    return Buffer.from(JSON.stringify({ keys: served }));
  });
  return createClientKeys(remote, (error) => faults.push(error));
}

function client(more: Partial<Client> = {}): Client {
  const blank = newClient({ id: '1', clientId: 'app' as ClientId, name: 'App', type: 'confidential', createdAt: now });
  return { ...blank, authMethod: 'private_key_jwt', updatedAt: now, version: 1, ...more };
}

function assertion(signer: Pair, header: Record<string, unknown> = {}): Promise<string> {
  const alg = signer === rs256 ? 'RS256' : 'ES256';
  return new SignJWT({ iss: 'app' })
    .setProtectedHeader({ alg, kid: signer.jwk.kid, ...header })
    .sign(signer.privateKey);
}

const remoteClient = (): Client => client({ jwksUri: 'https://app.example/jwks.json' });

describe('keys in the registration', () => {
  test('verify what the client signed with one of them', async () => {
    const registered = client({ jwks: { keys: [{ ...rs256.jwk }, { ...es256.jwk }] } });
    const verified = await keys().verify(await assertion(es256), registered);
    expect(verified).toMatchObject({ header: { alg: 'ES256', kid: 'one' }, claims: { iss: 'app' } });
    expect(await keys().verify(await assertion(rs256), registered)).toBeDefined();
  });

  test('are all tried when the header names none', async () => {
    const { kid: _one, ...first } = other.jwk;
    const { kid: _two, ...second } = es256.jwk;
    const registered = client({ jwks: { keys: [{ ...first }, { ...second }] } });
    expect(await keys().verify(await assertion(es256, { kid: undefined }), registered)).toBeDefined();
  });

  test('do not verify what someone else signed, under whatever kid', async () => {
    const registered = client({ jwks: { keys: [{ ...es256.jwk }] } });
    expect(await keys().verify(await assertion(other), registered)).toBeUndefined();
    expect(await keys().verify(await assertion(other, { kid: 'one' }), registered)).toBeUndefined();
  });

  test('are bound to the algorithm that the client registered', async () => {
    const registered = client({ authSigningAlg: 'RS256', jwks: { keys: [{ ...rs256.jwk }, { ...es256.jwk }] } });
    expect(await keys().verify(await assertion(es256), registered)).toBeUndefined();
    expect(await keys().verify(await assertion(rs256), registered)).toBeDefined();
  });

  // RFC 8725 §3.10: whatever key the header brings along proves nothing.
  test.each(['jwk', 'jku', 'x5u', 'x5c'])('are the only keys: %s in the header is ignored', async (name) => {
    const registered = client({ jwks: { keys: [{ ...es256.jwk }] } });
    const value = name === 'jwk' ? other.jwk : name === 'x5c' ? ['AAAA'] : 'https://evil.example/keys';
    expect(await keys().verify(await assertion(other, { [name]: value }), registered)).toBeUndefined();
  });

  // @attack algorithm confusion (RFC 8725)
  test('do not accept a public key as the secret of HS256, nor alg none, nor critical extensions', async () => {
    const registered = client({ jwks: { keys: [{ ...es256.jwk }, { ...rs256.jwk }] } });
    const secret = new TextEncoder().encode(JSON.stringify(rs256.jwk));
    const hs256 = await new SignJWT({ iss: 'app' }).setProtectedHeader({ alg: 'HS256', kid: 'two' }).sign(secret);
    const none = new UnsecuredJWT({ iss: 'app' }).encode();
    const [head = '', body, signature] = (await assertion(es256)).split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    const critical = Buffer.from(JSON.stringify({ ...header, crit: ['exp'] })).toString('base64url');
    for (const jwt of [hs256, none, `${critical}.${body}.${signature}`, 'a.b.c', '', '.'.repeat(20_000)]) {
      expect(await keys().verify(jwt, registered)).toBeUndefined();
    }
  });

  test('do not take anything but a JSON object for claims', async () => {
    const registered = client({ jwks: { keys: [{ ...es256.jwk }] } });
    for (const payload of ['[]', '"text"', 'null', '{', '']) {
      const jwt = await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(es256.privateKey);
      expect(await keys().verify(jwt, registered)).toBeUndefined();
    }
  });

  test('that are broken refuse the client and do not fail the server', async () => {
    const registered = client({ jwks: { keys: [{ kty: 'EC', crv: 'P-256', kid: 'one', x: 'AAAA', y: 'AAAA' }] } });
    expect(await keys().verify(await assertion(es256), registered)).toBeUndefined();
  });

  test('without any key nothing verifies', async () => {
    expect(await keys().verify(await assertion(es256), client())).toBeUndefined();
  });
});

describe('keys at a jwks_uri', () => {
  // @attack fetch amplification (node-oidc-provider 9.11.2)
  test('are fetched once for many assertions at the same moment, and kept', async () => {
    const clientKeys = keys();
    const jwt = await assertion(es256);
    const answers = await Promise.all(Array.from({ length: 20 }, () => clientKeys.verify(jwt, remoteClient())));
    expect(answers.every((answer) => answer !== undefined)).toBe(true);
    await clientKeys.verify(jwt, remoteClient());
    expect(fetches).toBe(1);
  });

  test('are fetched once more for a key that is not among them', async () => {
    const clientKeys = keys();
    await clientKeys.verify(await assertion(es256), remoteClient());
    served = [rs256.jwk];
    now = new Date(now.getTime() + 31_000);
    expect(await clientKeys.verify(await assertion(rs256), remoteClient())).toBeDefined();
    expect(fetches).toBe(2);
    expect(await clientKeys.verify(await assertion(es256), remoteClient())).toBeUndefined();
  });

  // @attack fetch amplification (node-oidc-provider 9.11.2)
  test('are not fetched for every made-up key', async () => {
    const clientKeys = keys();
    await clientKeys.verify(await assertion(es256), remoteClient());
    now = new Date(now.getTime() + 31_000);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      expect(await clientKeys.verify(await assertion(other), remoteClient())).toBeUndefined();
    }
    expect(fetches).toBe(2);
  });

  test('are fetched again after five minutes, so that a removed key stops working', async () => {
    const clientKeys = keys();
    await clientKeys.verify(await assertion(es256), remoteClient());
    served = [rs256.jwk];
    now = new Date(now.getTime() + 301_000);
    expect(await clientKeys.verify(await assertion(es256), remoteClient())).toBeUndefined();
  });

  test('go on working for an hour while their owner cannot be reached', async () => {
    const clientKeys = keys();
    const jwt = await assertion(es256);
    await clientKeys.verify(jwt, remoteClient());
    isDown = true;
    now = new Date(now.getTime() + 1_800_000);
    expect(await clientKeys.verify(jwt, remoteClient())).toBeDefined();
    now = new Date(now.getTime() + 1_900_000);
    expect(await clientKeys.verify(jwt, remoteClient())).toBeUndefined();
    expect(faults.map(String)).toEqual(['Error: the host could not be reached']);
  });

  test('that never came are asked for again only after a pause', async () => {
    const clientKeys = keys();
    isDown = true;
    const jwt = await assertion(es256);
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await clientKeys.verify(jwt, remoteClient())).toBeUndefined();
    expect(fetches).toBe(1);
    isDown = false;
    now = new Date(now.getTime() + 31_000);
    expect(await clientKeys.verify(jwt, remoteClient())).toBeDefined();
  });
});
