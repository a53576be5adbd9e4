import type { UserId } from '@authly/oauth';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Composed, compose } from '../../src/compose.ts';
import type { Settings } from '../../src/config/settings.ts';
import { newSecret, openSecret } from '../../src/identity/factors/totp/secret.ts';
import type { KeyPair } from '../../src/platform/signing/key-pair.ts';
import { createFirstKeys } from '../../src/platform/signing/signer.ts';
import { aUser, uuid } from '../storage/contract/given.ts';
import { withConnection } from '../storage/servers/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testSettings } from '../support/settings.ts';

const OLD = { 'secrets.jwt_secret_key': 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA' };
const NEW = { 'secrets.jwt_secret_key': 'Wd7Rk2Nz9Qb4Xm6Tf1Hc8Vj3Lp5Gy0Sa' };
const FIRST_SECOND_KEY = { 'secrets.jwt_refresh_secret_key': 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd' };
const OTHER_SECOND_KEY = { 'secrets.jwt_refresh_secret_key': 'Lm3Vc8Xz2Qw7Er5Ty1Ui9Op4As6Df0Gh' };
const CHANGING = { ...NEW, 'secrets.jwt_secret_key_previous': OLD['secrets.jwt_secret_key'] };
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

async function start(secrets: Partial<Settings>): Promise<Composed> {
  const composed = await compose(testSettings(database.url, 8000, { ...FIRST_SECOND_KEY, ...secrets }), {
    firstKeys: () => Promise.resolve(firstKeys),
  });
  open.push(composed);
  return composed;
}

/** People with an authenticator app each, and their secrets. */
async function withAuthenticators({ context }: Composed, count: number): Promise<ReadonlyMap<UserId, Buffer>> {
  const secrets = new Map<UserId, Buffer>();
  for (let each = 0; each < count; each += 1) {
    const user = aUser();
    await context.store.users.add(user);
    const { secret, sealedSecret } = newSecret(user.id, context);
    await withConnection(database.url, (client) =>
      client.query(
        `insert into totp_apps (user_id, id, secret_sealed, enabled_at, last_step, recovery_set, recovery_made_at)
         values ($1, $2, $3, now(), 0, $4, now())`,
        [user.id, uuid(), sealedSecret, uuid()],
      ),
    );
    secrets.set(user.id, secret);
  }
  return secrets;
}

async function opened({ context }: Composed, userId: UserId): Promise<Buffer | undefined> {
  const sealed = await withConnection(database.url, (client) =>
    client.query<{ secret_sealed: Buffer }>('select secret_sealed from totp_apps where user_id = $1', [userId]),
  );
  const [row] = sealed.rows;
  return row && openSecret({ userId, sealedSecret: row.secret_sealed }, context);
}

test('JWT_SECRET_KEY is changed: the previous one is given beside it, everything is sealed anew, and then it may go', async () => {
  const before = await start(OLD);
  const secrets = await withAuthenticators(before, 3);
  const jwt = await before.context.signer.sign({ algorithm: 'ES256', type: 'JWT', claims: {} });
  const subject = before.context.hashing.lastingMac('pairwise-subject', 'alice');
  await before.context.audit.record({ action: 'logout', outcome: 'success', actor: { type: 'system' } }, {});
  expect((await before.context.audit.verify()).problems).toEqual([]);
  await expect(start(NEW)).rejects.toThrow('name it in JWT_SECRET_KEY_PREVIOUS beside the new one');

  // Three nodes at once, while one with the old key still runs.
  const nodes = await Promise.all([1, 2, 3].map(() => start(CHANGING)));
  for (const node of nodes) {
    expect(await node.context.signer.verify(jwt)).toBeDefined();
    for (const [userId, secret] of secrets) expect(await opened(node, userId)).toEqual(secret);
    node.startMaintenance();
  }
  await expect.poll(() => start(NEW).catch(() => undefined), PATIENCE).toBeDefined();
  const after = open.at(-1) as Composed;
  expect(await after.context.signer.verify(jwt)).toBeDefined();
  for (const [userId, secret] of secrets) expect(await opened(after, userId)).toEqual(secret);
  expect(after.context.hashing.lastingMac('pairwise-subject', 'alice')).toBe(subject);
  expect((await after.context.audit.verify()).problems).toEqual([]);
  await expect(start(OLD)).rejects.toThrow('was sealed with another JWT_SECRET_KEY');
});

test('one secret of an authenticator app that no key opens stops the start, with words that say what to do', async () => {
  const before = await start(OLD);
  const [userId] = (await withAuthenticators(before, 2)).keys();
  const { sealedSecret } = newSecret(userId as UserId, (await startElsewhere()).context);
  await withConnection(database.url, (client) =>
    client.query('update totp_apps set secret_sealed = $1 where user_id = $2', [sealedSecret, userId]),
  );
  await expect(start(OLD)).rejects.toThrow(
    'the secret of an authenticator app in this database cannot be opened: it was sealed with another JWT_SECRET_KEY. ' +
      'Start with that one, or name it in JWT_SECRET_KEY_PREVIOUS beside the new one.',
  );
  await start({ ...OLD, 'secrets.jwt_secret_key_previous': NEW['secrets.jwt_secret_key'] });
});

test('JWT_REFRESH_SECRET_KEY is changed: what is stored or told to others stays, and open pages do with the previous one', async () => {
  const { hashing } = (await start(OLD)).context;
  const previous = { 'secrets.jwt_refresh_secret_key_previous': FIRST_SECOND_KEY['secrets.jwt_refresh_secret_key'] };
  const changing = (await start({ ...OLD, ...OTHER_SECOND_KEY, ...previous })).context.hashing;
  const changed = (await start({ ...OLD, ...OTHER_SECOND_KEY })).context.hashing;
  for (const it of [changing, changed]) {
    expect(it.lastingMac('recovery-code', 'x')).toBe(hashing.lastingMac('recovery-code', 'x'));
  }
  const form = hashing.mac('csrf', 'page');
  expect([changing.isMac(form, 'csrf', 'page'), changed.isMac(form, 'csrf', 'page')]).toEqual([true, false]);
});

/** A server of another installation with the new key. */
async function startElsewhere(): Promise<Composed> {
  const other = await createTestDatabase();
  const composed = await compose(testSettings(other.url, 8000, { ...FIRST_SECOND_KEY, ...NEW }), {
    firstKeys: () => Promise.resolve(firstKeys),
  });
  const { close } = composed;
  const away = { ...composed, close: () => close().then(() => other.drop()) };
  open.push(away);
  return away;
}
