import { expect, it } from 'vitest';
import type { DeviceCode } from '../../../../src/model/tokens/device-code.ts';
import type { Grant } from '../../../../src/model/tokens/grant.ts';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import {
  anEvent,
  aDeviceCode,
  aGrant,
  anAccessToken,
  aRefreshToken,
  at,
  aUser,
  hash,
  NOW,
  parallel,
  shared,
} from '../given.ts';

export function deviceCodesContract(open: Open): void {
  const suite = shared(open);

  it('keeps a device code and finds it by its user code', async () => {
    const code = aDeviceCode();
    expect(await suite.store.deviceCodes.add(code)).toBe(true);
    expect(await suite.store.deviceCodes.findByUserCode(code.userCode)).toEqual(code);
    expect(await suite.store.deviceCodes.findByUserCode('XXXXXXXX')).toBeUndefined();
  });

  it('gives a user code to one of many', async () => {
    const { userCode } = aDeviceCode();
    const answers = await parallel(suite.stores, 20, (store) => store.deviceCodes.add(aDeviceCode({ userCode })));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('answers a poll with the code as it was before, and notes the poll', async () => {
    const code = aDeviceCode();
    await suite.store.deviceCodes.add(code);
    const nothing = { grant: undefined, user: undefined };
    const first = await suite.store.deviceCodes.poll(code.hash, at(1));
    expect(first).toEqual({ found: { device: code, ...nothing }, tooEarly: false });
    const second = await suite.store.deviceCodes.poll(code.hash, at(6));
    expect(second).toEqual({ found: { device: { ...code, lastPolledAt: at(1) }, ...nothing }, tooEarly: false });
    expect(await suite.store.deviceCodes.poll(hash(), at(1))).toBeUndefined();
  });

  it('makes the interval five seconds longer with each poll that comes too early', async () => {
    const code = aDeviceCode();
    await suite.store.deviceCodes.add(code);
    const polls = [0, 4.9, 14, 29, 50];
    const answers = [];
    for (const seconds of polls) answers.push(await suite.store.deviceCodes.poll(code.hash, at(seconds)));
    expect(answers.map((answer) => answer?.tooEarly)).toEqual([false, true, true, false, false]);
    expect(answers.map((answer) => answer?.found.device.intervalSeconds)).toEqual([5, 5, 10, 15, 15]);
  });

  it('does not take a poll for early because the clock was set back', async () => {
    const code = aDeviceCode();
    await suite.store.deviceCodes.add(code);
    await suite.store.deviceCodes.poll(code.hash, at(300));
    const answers = [];
    for (const seconds of [0, 5, 10, 12]) answers.push(await suite.store.deviceCodes.poll(code.hash, at(seconds)));
    expect(answers.map((answer) => answer?.tooEarly)).toEqual([false, false, false, true]);
  });

  it('finds one poll of many at the same moment in time', async () => {
    const code = aDeviceCode();
    await suite.store.deviceCodes.add(code);
    const answers = await parallel(suite.stores, 10, (store) => store.deviceCodes.poll(code.hash, at(1)));
    expect(answers.filter((answer) => answer?.tooEarly === false)).toHaveLength(1);
    expect((await suite.store.deviceCodes.findByUserCode(code.userCode))?.intervalSeconds).toBe(5 + 9 * 5);
  });

  it('is approved or denied once, by one of many', async () => {
    const code = aDeviceCode();
    await suite.store.deviceCodes.add(code);
    const grants = Array.from({ length: 30 }, () => aGrant());
    const answers = await parallel(suite.stores, 30, (store, index) =>
      index % 3 === 0
        ? store.deviceCodes.deny(code.userCode, anEvent(at(1)))
        : store.deviceCodes.approve(code.userCode, grants[index] ?? aGrant(), anEvent(at(1))),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    const winner = answers.indexOf(true);
    const stored = await suite.store.deviceCodes.findByUserCode(code.userCode);
    expect(stored?.status).toBe(winner % 3 === 0 ? 'denied' : 'approved');
    const found = await Promise.all(grants.map(({ id }) => suite.store.grants.find(id)));
    expect(found.map((grant) => grant !== undefined)).toEqual(
      grants.map((_, index) => winner % 3 !== 0 && index === winner),
    );
  });

  it('cannot be approved or denied once it has expired', async () => {
    const code = aDeviceCode({ expiresAt: at(10) });
    await suite.store.deviceCodes.add(code);
    const grant = aGrant();
    expect(await suite.store.deviceCodes.approve(code.userCode, grant, anEvent(at(10)))).toBe(false);
    expect(await suite.store.deviceCodes.deny(code.userCode, anEvent(at(10)))).toBe(false);
    expect(await suite.store.deviceCodes.approve('XXXXXXXX', grant, anEvent(NOW))).toBe(false);
    expect(await suite.store.grants.find(grant.id)).toBeUndefined();
  });

  it('answers a poll after the approval with the grant and the person', async () => {
    const { code, grant } = await approved(suite.store);
    const answer = await suite.store.deviceCodes.poll(code.hash, at(6));
    expect(answer?.found).toMatchObject({ device: { status: 'approved', grantId: grant.id }, grant });
    expect(answer?.found.user?.id).toBe(grant.userId);
    expect((await suite.store.deviceCodes.poll(code.hash, at(6.5)))?.tooEarly).toBe(false);
  });

  it('is redeemed by exactly one of fifty, whose tokens are stored', async () => {
    const { code, grant } = await approved(suite.store);
    const tokens = Array.from({ length: 50 }, () => ({
      accessToken: anAccessToken(grant),
      refreshToken: aRefreshToken(grant),
    }));
    const answers = await parallel(suite.stores, 50, (store, index) =>
      store.deviceCodes.redeem({
        event: anEvent(at(6)),
        hash: code.hash,
        now: at(6),
        ...(tokens[index] ?? { accessToken: anAccessToken(grant) }),
      }),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    const found = await Promise.all(
      tokens.map(({ refreshToken }) => suite.store.refreshTokens.find(refreshToken.hash)),
    );
    expect(found.map((one) => one !== undefined)).toEqual(answers);
    expect((await suite.store.deviceCodes.findByUserCode(code.userCode))?.status).toBe('redeemed');
  });

  it('cannot be redeemed before the approval, after its expiry, or after a revocation', async () => {
    const pending = aDeviceCode();
    await suite.store.deviceCodes.add(pending);
    const { code, grant } = await approved(suite.store);
    const redeem = (codeHash: DeviceCode['hash'], seconds: number): Promise<boolean> =>
      suite.store.deviceCodes.redeem({
        event: anEvent(),
        hash: codeHash,
        now: at(seconds),
        accessToken: anAccessToken(grant),
      });
    expect(await redeem(pending.hash, 1)).toBe(false);
    expect(await redeem(hash(), 1)).toBe(false);
    expect(await redeem(code.hash, 900)).toBe(false);
    await suite.store.grants.revoke({ id: grant.id }, 'revoked_by_user', at(1));
    expect(await redeem(code.hash, 1)).toBe(false);
  });
}

async function approved(store: Store): Promise<{ readonly code: DeviceCode; readonly grant: Grant }> {
  const user = aUser();
  await store.users.add(user);
  const code = aDeviceCode();
  await store.deviceCodes.add(code);
  const grant = aGrant({ userId: user.id, clientId: code.clientId });
  expect(await store.deviceCodes.approve(code.userCode, grant, anEvent(at(1)))).toBe(true);
  return { code, grant };
}
