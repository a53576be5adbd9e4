import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AccessToken } from '../../src/model/tokens/access-token.ts';
import { anAccessToken, anInteraction, at, ISSUED, NOW, parallel } from './contract/given.ts';
import { administer, type OpenStores, openPostgresStores, untilBlocked, withConnection } from './servers/postgres.ts';

let opened: OpenStores;
beforeEach(async () => {
  opened = await openPostgresStores(3);
});
afterEach(async () => {
  await opened.close();
});

const expiring = (time: string): AccessToken => anAccessToken(undefined, { expiresAt: new Date(time) });

async function partitions(): Promise<string[]> {
  return await withConnection(opened.url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'access_tokens'::regclass order by 1`,
    );
    return rows.map((row) => row.name);
  });
}

async function partitionOf(token: AccessToken): Promise<string | undefined> {
  return await withConnection(opened.url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select tableoid::regclass::text as name from access_tokens where jti = $1',
      [token.jti],
    );
    return rows[0]?.name;
  });
}

it('sweeping makes room for today and three more days', async () => {
  await opened.stores[0].accessTokens.sweep(NOW);
  expect(await partitions()).toEqual([
    'access_tokens_20260301',
    'access_tokens_20260302',
    'access_tokens_20260303',
    'access_tokens_20260304',
    'access_tokens_default',
  ]);
});

it('tokens go to the day on which they expire, to the second', async () => {
  const [store] = opened.stores;
  await store.accessTokens.sweep(NOW);
  const days = [
    ['2026-03-01T23:59:59Z', 'access_tokens_20260301'],
    ['2026-03-02T00:00:00Z', 'access_tokens_20260302'],
    ['2026-03-04T23:59:59Z', 'access_tokens_20260304'],
    ['2026-03-05T00:00:00Z', 'access_tokens_default'],
    ['2026-02-28T23:59:59Z', 'access_tokens_default'],
  ] as const;
  for (const [time, partition] of days) {
    const token = expiring(time);
    await store.accessTokens.record(token, ...ISSUED);
    expect(await partitionOf(token)).toBe(partition);
    expect((await store.accessTokens.find(token.jti, token.expiresAt))?.token.jti).toBe(token.jti);
  }
});

it('tokens from before their day was made move there and stay what they are', async () => {
  const [store] = opened.stores;
  const [soon, late] = [expiring('2026-03-02T08:00:00Z'), expiring('2026-04-01T00:00:00Z')];
  await store.accessTokens.record(soon, ...ISSUED);
  await store.accessTokens.record(late, ...ISSUED);
  await store.accessTokens.revoke(soon.jti, soon.expiresAt, NOW);
  expect(await partitionOf(soon)).toBe('access_tokens_default');
  await store.accessTokens.sweep(NOW);
  expect(await partitionOf(soon)).toBe('access_tokens_20260302');
  expect(await partitionOf(late)).toBe('access_tokens_default');
  expect((await store.accessTokens.find(soon.jti, soon.expiresAt))?.token.revokedAt).toEqual(NOW);
});

it('days are dropped whole when all their tokens have been expired for a day', async () => {
  const [store] = opened.stores;
  await store.accessTokens.sweep(NOW);
  const token = expiring('2026-03-01T23:59:59Z');
  await store.accessTokens.record(token, ...ISSUED);
  await store.accessTokens.sweep(new Date('2026-03-02T23:59:59Z'));
  expect(await partitions()).toContain('access_tokens_20260301');
  await store.accessTokens.sweep(new Date('2026-03-03T00:00:00Z'));
  expect(await partitions()).toEqual([
    'access_tokens_20260302',
    'access_tokens_20260303',
    'access_tokens_20260304',
    'access_tokens_20260305',
    'access_tokens_20260306',
    'access_tokens_default',
  ]);
  expect(await store.accessTokens.find(token.jti, token.expiresAt)).toBeUndefined();
});

it('no token is lost or refused while several nodes sweep', async () => {
  const tokens = Array.from({ length: 400 }, (_, index) => expiring(`2026-03-0${1 + (index % 6)}T20:00:00Z`));
  const recorded = parallel(opened.stores, tokens.length, async (store, index) => {
    for (let turn = 0; turn < index % 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await store.accessTokens.record(tokens[index] ?? expiring('2026-03-01T20:00:00Z'), ...ISSUED);
  });
  await Promise.all([recorded, parallel(opened.stores, 6, (store) => store.accessTokens.sweep(NOW))]);
  const found = await parallel(opened.stores, tokens.length, async (store, index) => {
    const { jti, expiresAt } = tokens[index] ?? expiring('2026-03-01T20:00:00Z');
    return await store.accessTokens.find(jti, expiresAt);
  });
  expect(found.every((state) => state !== undefined)).toBe(true);
  await opened.stores[0].accessTokens.sweep(NOW);
  expect(await partitions()).toHaveLength(5);
});

it('a token that is recorded while its day is being made is not refused', async () => {
  const [store, other = store] = opened.stores;
  const token = expiring('2026-03-01T20:00:00Z');
  const [sweeping, recording] = await withConnection(opened.url, async (client) => {
    await client.query('begin');
    // the last of the locks that making a day needs
    await client.query('lock table only access_tokens in share update exclusive mode');
    const work = [store.accessTokens.sweep(NOW)];
    await withConnection(opened.url, (observer) => untilBlocked(observer, 1));
    work.push(other.accessTokens.record(token, ...ISSUED));
    await withConnection(opened.url, (observer) => untilBlocked(observer, 2));
    await client.query('commit');
    return await Promise.allSettled(work);
  });
  expect([sweeping?.status, recording?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(await partitionOf(token)).toBe('access_tokens_20260301');
});

it('a sweep gives way when the table is in use, and others go on', async () => {
  const [store] = opened.stores;
  await withConnection(opened.url, async (client) => {
    await client.query('begin');
    await client.query('lock table access_tokens in row exclusive mode');
    const sweeping = store.accessTokens.sweep(NOW);
    await withConnection(opened.url, (observer) => untilBlocked(observer));
    await sweeping;
    expect(await partitions()).toEqual(['access_tokens_default']);
    await client.query('commit');
  });
  await store.accessTokens.sweep(NOW);
  expect(await partitions()).toHaveLength(5);
}, 30_000);

it('more rows than fit into one batch are removed too', async () => {
  const [store] = opened.stores;
  await administer(
    opened.url,
    `insert into interactions (id_hash, request, created_at, expires_at)
     select 'old ' || n, '{}', '2026-01-01', '2026-01-02' from generate_series(1, 2500) n`,
  );
  const kept = anInteraction({ expiresAt: at(60) });
  await store.interactions.add(kept);
  await store.accessTokens.sweep(NOW);
  expect(await store.interactions.find('old 1')).toBeUndefined();
  expect(await store.interactions.find('old 2500')).toBeUndefined();
  expect(await store.interactions.find(kept.idHash)).toBeDefined();
});
