/** Tokens and the event that tells of them: one statement stores both, or neither. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/model/audit-event.ts';
import type { PostgresStore } from '../../src/storage/postgres/store.ts';
import {
  aCode,
  aDeviceCode,
  aGrant,
  anAccessToken,
  anEvent,
  aRefreshToken,
  aReplay,
  at,
  aUser,
  name,
} from './contract/given.ts';
import { type OpenStores, openPostgresStores, withConnection } from './servers/postgres.ts';

let opened: OpenStores;
beforeAll(async () => {
  opened = await openPostgresStores(1);
});
afterAll(() => opened.close());

const told = (requestId: string): AuditEntry => ({ ...anEvent(at(1)), requestId, details: { n: 1 }, ip: '192.0.2.7' });

async function countOf(requestId: string): Promise<number> {
  return await withConnection(opened.url, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::integer as count from audit_events where request_id = $1 and ip = '192.0.2.7' and details = '{"n": 1}'`,
      [requestId],
    );
    return rows[0]?.count ?? 0;
  });
}

async function aLogin(store: PostgresStore) {
  const user = aUser();
  await store.users.add(user);
  return aGrant({ userId: user.id });
}

/** Twice the same use: it succeeds once, and fails once. */
const USES: Readonly<Record<string, (store: PostgresStore, event: AuditEntry) => Promise<() => Promise<unknown>>>> = {
  'the redemption of a code': async (store, event) => {
    const grant = await aLogin(store);
    const code = aCode(grant);
    await store.codes.issue(grant, code);
    return () => store.codes.redeem({ hash: code.hash, now: at(1), accessToken: anAccessToken(grant), event });
  },
  'a refresh': async (store, event) => {
    const grant = await aLogin(store);
    const token = aRefreshToken(grant);
    await store.refreshTokens.start({
      grant,
      accessToken: anAccessToken(grant),
      refreshToken: token,
      event: anEvent(),
    });
    return () =>
      store.refreshTokens.rotate({
        hash: token.hash,
        now: at(1),
        successor: aRefreshToken(grant, { generation: 2 }),
        accessToken: anAccessToken(grant),
        replay: aReplay(),
        event,
      });
  },
  'the approval of a device': async (store, event) => {
    const device = aDeviceCode();
    await store.deviceCodes.add(device);
    const grants = [await aLogin(store), await aLogin(store)];
    return () => store.deviceCodes.approve(device.userCode, grants.pop() ?? aGrant(), event);
  },
  'the refusal of a device': async (store, event) => {
    const device = aDeviceCode();
    await store.deviceCodes.add(device);
    return () => store.deviceCodes.deny(device.userCode, event);
  },
  'the redemption of a device code': async (store, event) => {
    const device = aDeviceCode();
    await store.deviceCodes.add(device);
    const grant = await aLogin(store);
    await store.deviceCodes.approve(device.userCode, grant, anEvent(at(1)));
    return () => store.deviceCodes.redeem({ hash: device.hash, now: at(2), accessToken: anAccessToken(grant), event });
  },
};

it.each(Object.entries(USES))('%s is told of once, although it was tried twice', async (_name, prepare) => {
  const [store] = opened.stores;
  const requestId = name('use');
  const use = await prepare(store, told(requestId));
  await use();
  await use();
  expect(await countOf(requestId)).toBe(1);
});

it('a login that was ended meanwhile is not told of', async () => {
  const [store] = opened.stores;
  const grant = await aLogin(store);
  if (grant.userId === undefined) throw new Error('no person');
  await store.sessions.end({ userId: grant.userId }, at(1));
  const requestId = name('use');
  await store.refreshTokens.start({ grant, accessToken: anAccessToken(grant), event: told(requestId) });
  expect(await countOf(requestId)).toBe(0);
});

it('what cannot be told of is not done', async () => {
  const [store] = opened.stores;
  const grant = await aLogin(store);
  const code = aCode(grant);
  await store.codes.issue(grant, code);
  const accessToken = anAccessToken(grant);
  const event = { ...told('use'), outcome: 'neither' as 'success' };
  await expect(store.codes.redeem({ hash: code.hash, now: at(1), accessToken, event })).rejects.toThrow();
  expect((await store.codes.find(code.hash))?.code.redeemedAt).toBeUndefined();
  expect(await store.accessTokens.find(accessToken.jti, accessToken.expiresAt)).toBeUndefined();
});
