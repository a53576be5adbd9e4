import type { TokenHash } from '@authly/oauth';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Composed, type ComposeLogger, compose } from '../../src/compose.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { KeyPair } from '../../src/platform/signing/key-pair.ts';
import { createFirstKeys } from '../../src/platform/signing/signer.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { DatabaseUnavailableError } from '../../src/ports/store/unavailable.ts';
import { administer } from '../storage/servers/postgres.ts';
import { anInteraction } from '../storage/contract/given.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testSettings } from '../support/settings.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };

let database: TestDatabase;
let open: Composed[];
let firstKeys: readonly KeyPair[];

beforeAll(async () => {
  firstKeys = await createFirstKeys();
});
beforeEach(async () => {
  database = await createTestDatabase();
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((composed) => composed.close()));
  await database.drop();
});

/** The servers of one installation have the same secrets. */
const SECRETS = {
  'secrets.jwt_secret_key': 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
  'secrets.jwt_refresh_secret_key': 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
} as const;

const SILENT: ComposeLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function composed(settings: Partial<Settings> = {}, logger?: ComposeLogger, clock?: Clock): Promise<Composed> {
  const made = await compose(testSettings(database.url, 8000, { ...SECRETS, ...settings }), {
    firstKeys: () => Promise.resolve(firstKeys),
    logger,
    ...(clock !== undefined && { clock }),
  });
  open.push(made);
  return made;
}

function kidOf(jwt: string): string {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid;
}

test('a rotation on one node reaches the other by notification', async () => {
  const [one, two] = [await composed(), await composed()];
  const sign = () => two.context.signer.sign({ algorithm: 'ES256', type: 'JWT', claims: {} });
  const before = kidOf(await sign());
  const [successor] = await one.context.signer.rotate({ algorithm: 'ES256', immediate: true });
  await expect.poll(async () => kidOf(await sign()), PATIENCE).toBe(successor?.kid);
  expect(before).not.toBe(successor?.kid);
});

test('what one node seals and hashes, another opens and compares', async () => {
  const [one, two] = [await composed(), await composed()];
  expect(two.context.box.open(one.context.box.seal('x', 'place'), 'place')?.toString()).toBe('x');
  expect(two.context.hashing.mac('csrf', 'x')).toBe(one.context.hashing.mac('csrf', 'x'));
});

test('statements, connections and counts are in the metrics', async () => {
  const it = await composed();
  await it.context.store.scopes.all();
  await it.context.signer.sign({ algorithm: 'ES256', type: 'at+jwt', claims: {} });
  const { body } = await it.metrics.expose();
  expect(body).toMatch(/^authly_database_queries_total\{operation="select",status="success"\} \d+$/m);
  expect(body).toMatch(/^authly_database_query_duration_seconds_count\{operation="select"\} \d+$/m);
  expect(body).toMatch(/^authly_oauth_token_generation_duration_seconds_count\{token_type="access"\} 1$/m);
  expect(body).toMatch(/^authly_database_connections_idle \d+$/m);
  expect(body).toMatch(/^authly_oauth_clients_total 0$/m);
  expect(body).toMatch(/^authly_oauth_active_tokens\{token_type="refresh"\} 0$/m);
});

test('maintenance runs at the start, and its faults are reported and no more', async () => {
  const faults: unknown[] = [];
  const logger: ComposeLogger = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields) => faults.push(fields),
  };
  const it = await composed({}, logger);
  it.startMaintenance();
  it.startMaintenance();
  await it.close();
  open = [];
  expect(faults).toEqual([]);
});

test('a node whose clock is wrong removes nothing, says so, and the others go on by the time of the database', async () => {
  const told: string[] = [];
  const logger: ComposeLogger = { ...SILENT, error: (_fields, message) => told.push(message) };
  const right = await composed();
  const { store, clock } = right.context;
  const seconds = (count: number): Date => new Date(clock.now().getTime() + count * 1000);
  const rows = { alive: seconds(3600), expired: seconds(-2 * 86_400) };
  for (const [idHash, expiresAt] of Object.entries(rows)) {
    await store.interactions.add(anInteraction({ idHash: idHash as TokenHash, createdAt: expiresAt, expiresAt }));
  }
  const kept = async () =>
    (await Promise.all(Object.keys(rows).map((id) => store.interactions.find(id as TokenHash)))).map(Boolean);
  for (const days of [50, -50]) {
    const wrong = await composed({}, logger, { now: () => new Date(Date.now() + days * 86_400_000) });
    wrong.startMaintenance();
    const problem = `differs from the database's by ${days * 86_400} s`;
    await expect.poll(() => wrong.clockProblem(), PATIENCE).toBe(problem);
    await wrong.close();
    open = [right];
    expect(await kept()).toEqual([true, true]);
  }
  expect(told).toEqual(Array(2).fill(expect.stringContaining('the clock of this machine differs')));
  right.startMaintenance();
  await expect.poll(kept, PATIENCE).toEqual([true, false]);
  expect(right.clockProblem()).toBeUndefined();
});

test('a database that is restored beneath the server: 503 while tables are missing, then no key that is not in it signs', async () => {
  const it = await composed({ 'keys.announce_seconds': 0 });
  const sign = () => it.context.signer.sign({ algorithm: 'ES256', type: 'JWT', claims: {} });
  const before = kidOf(await sign());
  await it.context.signer.rotate({ algorithm: 'ES256', immediate: true });
  expect(kidOf(await sign())).not.toBe(before);
  await administer(
    database.url,
    'alter table signing_keys rename to away; alter table oauth_scopes rename to away_too',
  );
  await expect(it.context.store.scopes.all()).rejects.toThrow(DatabaseUnavailableError);
  await expect(sign()).rejects.toThrow(DatabaseUnavailableError);
  expect(await it.context.signer.publicKeys()).toHaveLength(3);
  await administer(
    database.url,
    `alter table away_too rename to oauth_scopes; alter table away rename to signing_keys; alter table signing_keys disable trigger user;
     delete from signing_keys where kid <> '${before}' and algorithm = 'ES256'; update signing_keys set retired_at = null`,
  );
  expect(kidOf(await sign())).toBe(before);
});

test('a second master key on the same database is refused, and no connection stays open', async () => {
  await composed();
  await expect(composed({ 'secrets.jwt_secret_key': 'another master key 0123456789abcdefghij' })).rejects.toThrow(
    'sealed with another JWT_SECRET_KEY',
  );
});

test('Redis that cannot be reached changes nothing but a line in the log', async () => {
  const warnings: string[] = [];
  const logger: ComposeLogger = {
    info: () => undefined,
    warn: (_fields, message) => warnings.push(message),
    error: () => undefined,
  };
  const it = await composed({ 'redis.url': 'redis://127.0.0.1:1' }, logger);
  const limit = { key: 'login:user:alice', points: 1, windowSeconds: 60 };
  expect((await it.context.limiter.consume(limit)).allowed).toBe(true);
  expect((await it.context.limiter.consume(limit)).allowed).toBe(false);
  const now = it.context.clock.now();
  const later = new Date(now.getTime() + 60_000);
  expect(await it.context.store.replays.claim('id', later, now)).toBe(true);
  expect(await it.context.store.replays.claim('id', later, now)).toBe(false);
  await expect.poll(() => warnings.join(), PATIENCE).toContain('Redis cannot be reached');
});

test('without a database or a secret it says which setting is missing', async () => {
  await expect(composed({ 'database.url': undefined })).rejects.toThrow('database.url');
  await expect(composed({ 'secrets.jwt_refresh_secret_key': undefined })).rejects.toThrow('jwt_refresh_secret_key');
});
