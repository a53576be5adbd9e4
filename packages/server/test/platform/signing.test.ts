import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SigningAlgorithm } from '../../src/model/client.ts';
import { type SigningKey, signingKeyState } from '../../src/model/signing-key.ts';
import type { KeyPair } from '../../src/platform/signing/key-pair.ts';
import { createSecretBox } from '../../src/platform/secret-box.ts';
import { createFirstKeys, createSigner, type OwnedSigner } from '../../src/platform/signing/signer.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SigningKeyStore } from '../../src/ports/store/registrations/signing-keys.ts';
import { createPool, type Pool } from '../../src/storage/postgres/pool.ts';
import { signingKeys } from '../../src/storage/postgres/registrations/signing-keys.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MASTER_KEY = 'the master key of these tests, long enough';

let database: TestDatabase;
let pool: Pool;
let store: SigningKeyStore;
let now: Date;
let faults: unknown[];
let firstKeys: readonly KeyPair[];

// RSA keys take long to make; only the race needs keys of its own for every server.
beforeAll(async () => {
  firstKeys = await createFirstKeys();
});

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({
    connectionString: database.url,
    settings: {
      'database.pool_min': 0,
      'database.pool_max': 8,
      'database.timeout': 5,
      'database.max_idle': 30,
      'database.reconnect': 0.5,
      'database.pooler_mode': 'session',
    },
    logger: { info: () => undefined, warn: () => undefined },
  });
  store = signingKeys(pool);
  now = new Date('2026-01-01T00:00:00Z');
  faults = [];
});
afterEach(async () => {
  await pool.close();
  await database.drop();
});

interface Given {
  readonly masterKey?: string;
  readonly store?: SigningKeyStore;
  readonly clock?: Clock;
  readonly algorithms?: readonly SigningAlgorithm[];
}

function signer(more: Given = {}): OwnedSigner {
  return createSigner({
    store: more.store ?? store,
    box: createSecretBox(more.masterKey ?? MASTER_KEY, systemRandom),
    clock: more.clock ?? { now: () => now },
    settings: { 'keys.rotation_days': 90, 'keys.announce_seconds': 3600 },
    onFault: (error) => faults.push(error),
  });
}

async function started(more: Given = {}): Promise<OwnedSigner> {
  const made = signer(more);
  await made.start(() => Promise.resolve(firstKeys), more.algorithms);
  return made;
}

const claims = { iss: 'https://login.example', sub: 'alice' };

function kidOf(jwt: string): string {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid;
}

async function keyOf(kid: string): Promise<SigningKey | undefined> {
  return (await store.all()).find((key) => key.kid === kid);
}

describe('what it signs', () => {
  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('%s verifies with the published keys', async (algorithm) => {
    const it = await started();
    const jwt = await it.sign({ algorithm, type: 'at+jwt', claims });
    const jwks = createLocalJWKSet({
      keys: (await it.publicKeys()).map((key) => ({ ...key, kty: String(key['kty']) })),
    });
    const { payload, protectedHeader } = await jwtVerify(jwt, jwks, { algorithms: [algorithm] });
    expect(payload).toEqual(claims);
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: kidOf(jwt) });
    expect(await it.verify(jwt)).toEqual({ header: protectedHeader, claims });
  });

  test('the published keys have kid, use and alg, and no private member', async () => {
    const it = await started();
    const keys = await it.publicKeys();
    expect(keys.map((key) => key['alg']).toSorted()).toEqual(['ES256', 'RS256']);
    for (const key of keys) {
      expect(key).toMatchObject({ use: 'sig', kid: expect.stringMatching(/^[\w-]{43}$/) });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) expect(key).not.toHaveProperty(secret);
    }
  });

  // Verifiers that look at no kid take the first key.
  test('the published keys stand in one order: ES256 first, the newest of an algorithm last', async () => {
    const it = await started({ algorithms: ['EdDSA', 'PS256', 'RS256', 'ES256'] });
    expect((await it.publicKeys()).map((key) => key['alg'])).toEqual(['ES256', 'RS256', 'PS256', 'EdDSA']);
    const before = (await it.publicKeys()).map((key) => key['kid']);
    now = new Date(now.getTime() + 1000);
    await it.rotate({ algorithm: 'ES256', immediate: false });
    const after = await it.publicKeys();
    expect(after.map((key) => key['alg'])).toEqual(['ES256', 'ES256', 'RS256', 'PS256', 'EdDSA']);
    expect(after[0]?.['kid']).toBe(before[0]);
  });

  test('the private halves are sealed in the database', async () => {
    await started();
    for (const key of await store.all()) expect(key.privateSealed.toString('latin1')).not.toMatch(/"d":|"kty"/);
  });
});

describe('what it does not take for its own', () => {
  test('a changed token, in every part and every character of the signature', async () => {
    const it = await started();
    const jwt = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'mallory' })).toString('base64url');
    expect(await it.verify(`${header}.${other}.${signature}`)).toBeUndefined();
    for (let at = 0; at < signature.length; at += 1) {
      const changed = signature.slice(0, at) + (signature[at] === 'A' ? 'B' : 'A') + signature.slice(at + 1);
      expect(await it.verify(`${header}.${payload}.${changed}`)).toBeUndefined();
    }
  });

  test('a second spelling of the same signature', async () => {
    const it = await started();
    const jwt = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    for (const spelling of [
      `${jwt}=`,
      `${jwt}\n`,
      ` ${jwt}`,
      jwt.replaceAll('-', '+').replaceAll('_', '/').concat('='),
    ]) {
      if (spelling !== jwt) expect(await it.verify(spelling)).toBeUndefined();
    }
  });

  // @attack algorithm confusion (RFC 8725)
  test('alg none, HS256 with the public key, another algorithm of the same key, and keys in the header', async () => {
    const it = await started();
    const jwt = await it.sign({ algorithm: 'RS256', type: 'JWT', claims });
    const [, payload, signature] = jwt.split('.');
    const kid = kidOf(jwt);
    const [publicKey] = (await it.publicKeys()).filter((key) => key['kid'] === kid);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const secret = new TextEncoder().encode(JSON.stringify(publicKey));
    const hs256 = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
    const forged = [
      `${part({ alg: 'none', kid })}.${payload}.`,
      `${part({ alg: 'none', kid })}.${payload}.${signature}`,
      `${part({ alg: 'PS256', kid })}.${payload}.${signature}`,
      `${part({ alg: 'ES256', kid })}.${payload}.${signature}`,
      `${part({ alg: 'RS256' })}.${payload}.${signature}`,
      `${part({ alg: 'RS256', kid: 7 })}.${payload}.${signature}`,
      `${part({ alg: 'RS256', kid, jwk: publicKey })}.${payload}.${signature}`,
      hs256,
    ];
    for (const token of forged) expect(await it.verify(token)).toBeUndefined();
  });

  // Genuine signatures of a genuine key of ours, with headers that change what a signature means.
  test.each(['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'])('a header with %s', async (name) => {
    const it = await started();
    const jwt = await it.sign({ algorithm: 'ES256', type: 'JWT', claims: { [name]: 'fine in claims' } });
    expect(await it.verify(jwt)).toBeDefined();
    const [head = '', payload, signature] = jwt.split('.');
    const header = { ...JSON.parse(Buffer.from(head, 'base64url').toString()), [name]: ['x'] };
    expect(
      await it.verify(`${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`),
    ).toBeUndefined();
  });

  test('what is no token at all', async () => {
    const it = await started();
    for (const text of [
      '',
      '.',
      '..',
      '...',
      'a.b.c',
      'e30.e30.',
      'bnVsbA.bnVsbA.AA',
      '\u0000.\u0000.\u0000',
      'x'.repeat(100_000),
    ]) {
      expect(await it.verify(text)).toBeUndefined();
    }
  });
});

describe('the same keys everywhere', () => {
  test('six servers that start at once make one key for each algorithm', async () => {
    const servers = Array.from({ length: 6 }, () => signer());
    await Promise.all(servers.map((it) => it.start(createFirstKeys)));
    expect((await store.all()).map((key) => key.algorithm).toSorted()).toEqual(['ES256', 'RS256']);
    const jwt = await servers[0]?.sign({ algorithm: 'ES256', type: 'JWT', claims });
    for (const server of servers) expect(await server.verify(jwt ?? '')).toBeDefined();
  });

  test('a restart changes no key and makes none', async () => {
    const jwt = await (await started()).sign({ algorithm: 'RS256', type: 'JWT', claims });
    const again = signer();
    await again.start(() => Promise.reject(new Error('no keys are needed')));
    expect(await again.verify(jwt)).toBeDefined();
    expect(kidOf(await again.sign({ algorithm: 'RS256', type: 'JWT', claims }))).toBe(kidOf(jwt));
  });

  test('the first tokens in a new algorithm, asked of three servers while their clocks run, share one key', async () => {
    const ticking = { now: () => (now = new Date(now.getTime() + 1)) };
    const servers = await Promise.all([1, 2, 3].map(() => started({ clock: ticking })));
    const signings = Array.from({ length: 20 }, (_, at) =>
      servers[at % 3]?.sign({ algorithm: 'PS256', type: 'at+jwt', claims }),
    );
    const kids = (await Promise.all(signings)).map((jwt) => kidOf(jwt ?? ''));
    expect(new Set(kids).size).toBe(1);
    expect((await store.all()).filter((key) => key.algorithm === 'PS256')).toHaveLength(1);
  });

  test('an algorithm that is named is in the JWKS, announced, before anything is signed with it', async () => {
    const it = await started();
    await it.announce(['EdDSA', 'ES256']);
    const announced = (await store.all()).find((key) => key.algorithm === 'EdDSA');
    expect(announced && signingKeyState(announced, now)).toBe('announced');
    expect((await it.publicKeys()).map((key) => key['kid'])).toContain(announced?.kid);
    expect(kidOf(await it.sign({ algorithm: 'EdDSA', type: 'JWT', claims }))).toBe(announced?.kid);
    expect((await store.all()).filter((key) => key.algorithm === 'ES256')).toHaveLength(1);
  });

  test('the algorithm that the settings name has its key at the start, which signs at once in a new installation only', async () => {
    const fresh = signer();
    await fresh.start(() => Promise.resolve(firstKeys), ['PS256']);
    await started({ algorithms: ['EdDSA'] });
    const states = (await store.all()).map((key) => `${key.algorithm} ${signingKeyState(key, now)}`);
    expect(states.toSorted()).toEqual(['ES256 signing', 'EdDSA announced', 'PS256 signing', 'RS256 signing']);
  });

  test('keys of a server whose clock was ahead sign on one whose clock is right', async () => {
    now = new Date(now.getTime() + 2 * HOUR);
    const ahead = await started();
    await ahead.announce(['EdDSA']);
    now = new Date(now.getTime() - 2 * HOUR);
    const right = await started();
    for (const algorithm of ['ES256', 'RS256', 'EdDSA'] as const) {
      expect(await ahead.verify(await right.sign({ algorithm, type: 'JWT', claims }))).toBeDefined();
    }
    expect(await store.all()).toHaveLength(3);
  });

  test('an algorithm that no one asked for before gets its key once', async () => {
    const [one, two] = [await started(), await started()];
    const made = await Promise.all([one, two].map((it) => it.sign({ algorithm: 'EdDSA', type: 'JWT', claims })));
    expect(new Set(made.map(kidOf)).size).toBe(1);
  });

  test('a token of a key that another server has just made verifies at once', async () => {
    const [one, two] = [await started(), await started()];
    const jwt = await one.sign({ algorithm: 'EdDSA', type: 'JWT', claims });
    expect(await two.verify(jwt)).toBeDefined();
  });

  test('made-up kids cost one look at the database a second, not one each', async () => {
    let reads = 0;
    const counting: SigningKeyStore = {
      ...store,
      all: () => {
        reads += 1;
        return store.all();
      },
    };
    const it = await started({ store: counting });
    const [, payload, signature] = (await it.sign({ algorithm: 'ES256', type: 'JWT', claims })).split('.');
    reads = 0;
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: `made-up-${attempt}` })).toString('base64url');
      expect(await it.verify(`${header}.${payload}.${signature}`)).toBeUndefined();
    }
    expect(reads).toBe(1);
  });

  test('a server with another master key says so instead of starting', async () => {
    await started();
    await expect(started({ masterKey: 'another master key, as long as the first' })).rejects.toThrow('JWT_SECRET_KEY');
  });

  test('while the database is away it goes on signing, verifying and publishing', async () => {
    let isAway = false;
    const flaky: SigningKeyStore = {
      ...store,
      all: () => (isAway ? Promise.reject(new Error('the database is away')) : store.all()),
    };
    const it = await started({ store: flaky });
    isAway = true;
    now = new Date(now.getTime() + HOUR);
    const jwt = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    it.invalidate();
    expect(await it.verify(jwt)).toBeDefined();
    expect(await it.publicKeys()).toHaveLength(2);
    await expect.poll(() => faults.length).toBeGreaterThan(0);
  });
});

describe('a key that has leaked', () => {
  const withdraw = (it: OwnedSigner, kid: string) =>
    it.withdraw(kid, ({ successor, now: at }) => store.withdraw(kid, successor, at));

  test('is out of the JWKS at once, verifies nothing, and another key signs, on every server', async () => {
    const [one, two] = [await started(), await started()];
    const before = await two.sign({ algorithm: 'ES256', type: 'JWT', claims });
    expect(await withdraw(one, kidOf(before))).toBe(true);
    two.markOutdated();
    for (const it of [one, two]) {
      expect((await it.publicKeys()).map((key) => key['kid'])).not.toContain(kidOf(before));
      expect(await it.verify(before)).toBeUndefined();
      expect(await it.isWithdrawn(before)).toBe(true);
      const after = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
      expect(kidOf(after)).not.toBe(kidOf(before));
      expect([await it.verify(after), await it.isWithdrawn(after)]).toEqual([expect.anything(), false]);
    }
    expect((await store.all()).filter((key) => key.algorithm === 'ES256')).toHaveLength(2);
  });

  test('is gone for a server whose clock is behind too', async () => {
    const it = await started();
    const before = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    await withdraw(it, kidOf(before));
    now = new Date(now.getTime() - HOUR);
    const behind = await started();
    expect(await behind.verify(before)).toBeUndefined();
    expect(kidOf(await behind.sign({ algorithm: 'ES256', type: 'JWT', claims }))).not.toBe(kidOf(before));
  });

  test('gives way to the successor that was announced already', async () => {
    const it = await started();
    const before = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    const [announced] = await it.rotate({ algorithm: 'ES256', immediate: false });
    await withdraw(it, kidOf(before));
    expect(kidOf(await it.sign({ algorithm: 'ES256', type: 'JWT', claims }))).toBe(announced?.kid);
    expect((await store.all()).map((key) => signingKeyState(key, now)).toSorted()).toEqual([
      'signing',
      'signing',
      'withdrawn',
    ]);
  });

  test('that signs no longer takes no other key with it', async () => {
    const it = await started();
    const before = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    const [successor] = await it.rotate({ algorithm: 'ES256', immediate: true });
    await withdraw(it, kidOf(before));
    expect(kidOf(await it.sign({ algorithm: 'ES256', type: 'JWT', claims }))).toBe(successor?.kid);
    expect((await store.all()).filter((key) => key.algorithm === 'ES256')).toHaveLength(2);
  });

  test('is withdrawn once; two who withdraw both keys of an algorithm at once leave one that signs', async () => {
    const it = await started();
    const [successor] = await it.rotate({ algorithm: 'ES256', immediate: true });
    const kids = (await store.all()).filter((key) => key.algorithm === 'ES256').map((key) => key.kid);
    expect(kids).toContain(successor?.kid);
    expect(await Promise.all(kids.map((kid) => withdraw(it, kid)))).toEqual([true, true]);
    expect(await withdraw(it, kids[0] ?? '')).toBe(false);
    expect(await withdraw(it, 'unknown')).toBeUndefined();
    expect(kids).not.toContain(kidOf(await it.sign({ algorithm: 'ES256', type: 'JWT', claims })));
  });
});

describe('rotation', () => {
  test('announces the successor first, lets it sign when its time has come, and keeps the old one for its tokens', async () => {
    const it = await started();
    const before = await it.sign({ algorithm: 'ES256', type: 'JWT', claims });
    const [successor] = await it.rotate({ algorithm: 'ES256', immediate: false });
    expect(successor && signingKeyState(successor, now)).toBe('announced');
    expect((await it.publicKeys()).map((key) => key['kid'])).toContain(successor?.kid);
    expect(kidOf(await it.sign({ algorithm: 'ES256', type: 'JWT', claims }))).toBe(kidOf(before));

    now = new Date(now.getTime() + HOUR);
    expect(kidOf(await it.sign({ algorithm: 'ES256', type: 'JWT', claims }))).toBe(successor?.kid);
    expect(await it.verify(before)).toBeDefined();

    now = new Date(now.getTime() + DAY);
    expect(await it.verify(before)).toBeDefined();
    now = new Date(now.getTime() + 61_000);
    expect(await it.verify(before)).toBeUndefined();
    expect((await it.publicKeys()).map((key) => key['kid'])).not.toContain(kidOf(before));
  });

  test('there is no moment without a key that signs', async () => {
    const it = await started();
    await it.rotate({ immediate: false });
    for (const seconds of [3599, 3600, 3601]) {
      now = new Date(new Date('2026-01-01T00:00:00Z').getTime() + seconds * 1000);
      for (const algorithm of ['ES256', 'RS256'] as const) {
        expect(await it.verify(await it.sign({ algorithm, type: 'JWT', claims }))).toBeDefined();
      }
    }
    expect(await store.all()).toHaveLength(4);
  });

  test('with immediate the successor signs at once, on the other servers too', async () => {
    const [one, two] = [await started(), await started()];
    const before = await two.sign({ algorithm: 'ES256', type: 'JWT', claims });
    const [successor] = await one.rotate({ algorithm: 'ES256', immediate: true });
    expect(kidOf(await one.sign({ algorithm: 'ES256', type: 'JWT', claims }))).toBe(successor?.kid);
    two.invalidate();
    await expect
      .poll(async () => kidOf(await two.sign({ algorithm: 'ES256', type: 'JWT', claims })))
      .toBe(successor?.kid);
    expect(await two.verify(before)).toBeDefined();
  });

  test('a server that no notification reaches notices after half a minute', async () => {
    const [one, two] = [await started(), await started()];
    const [successor] = await one.rotate({ algorithm: 'ES256', immediate: true });
    now = new Date(now.getTime() + 30_000);
    await expect
      .poll(async () => kidOf(await two.sign({ algorithm: 'ES256', type: 'JWT', claims })))
      .toBe(successor?.kid);
  });

  test('happens by itself after 90 days, and not before', async () => {
    const it = await started();
    now = new Date(now.getTime() + 90 * DAY - 1000);
    await it.rotateDue();
    expect(await store.all()).toHaveLength(2);
    now = new Date(now.getTime() + 1000);
    await it.rotateDue();
    await it.rotateDue();
    const keys = await store.all();
    expect(keys.map((key) => key.algorithm).toSorted()).toEqual(['ES256', 'ES256', 'RS256', 'RS256']);
    const first = keys.find((key) => key.algorithm === 'ES256');
    expect(await keyOf(first?.kid ?? '')).toMatchObject({ retiredAt: new Date(now.getTime() + HOUR) });
  });
});
