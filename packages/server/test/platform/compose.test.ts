import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Composed, type ComposeLogger, compose } from '../../src/compose.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { KeyPair } from '../../src/platform/signing/key-pair.ts';
import { createFirstKeys } from '../../src/platform/signing/signer.ts';
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

async function composed(settings: Partial<Settings> = {}, logger?: ComposeLogger): Promise<Composed> {
  const made = await compose(testSettings(database.url, 8000, { ...SECRETS, ...settings }), {
    firstKeys: () => Promise.resolve(firstKeys),
    logger,
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
  expect(await it.context.store.replays.first('id', later, now)).toBe(true);
  expect(await it.context.store.replays.first('id', later, now)).toBe(false);
  await expect.poll(() => warnings.join(), PATIENCE).toContain('Redis cannot be reached');
});

test('without a database or a secret it says which setting is missing', async () => {
  await expect(composed({ 'database.url': undefined })).rejects.toThrow('database.url');
  await expect(composed({ 'secrets.jwt_refresh_secret_key': undefined })).rejects.toThrow('jwt_refresh_secret_key');
});
