import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Grant } from '../../../../src/model/tokens/grant.ts';
import type { RefreshToken } from '../../../../src/model/tokens/refresh-token.ts';
import type { Rotation } from '../../../../src/ports/store/tokens/refresh-tokens.ts';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import { anEvent, aGrant, anAccessToken, aRefreshToken, aReplay, at, aUser, hash, parallel, shared } from '../given.ts';

export function refreshTokensContract(open: Open): void {
  const suite = shared(open);

  it('starts a family with a grant, an access token and a refresh token', async () => {
    const { grant, token } = await started(suite.store);
    expect(await suite.store.refreshTokens.find(token.hash)).toEqual({
      token,
      grant,
      user: await suite.store.users.find(grant.userId ?? never()),
      replay: undefined,
      successorConsumed: false,
    });
    expect(await suite.store.refreshTokens.find(hash())).toBeUndefined();
  });

  it('starts families with and without refresh tokens at the same time', async () => {
    const families = Array.from({ length: 30 }, (_, index) => {
      const grant = aGrant();
      const refreshToken = index % 2 === 0 ? aRefreshToken(grant) : undefined;
      return { grant, accessToken: anAccessToken(grant), refreshToken, event: anEvent() };
    });
    await Promise.all(families.map((family) => suite.store.refreshTokens.start(family)));
    for (const { grant, accessToken, refreshToken } of families) {
      const state = await suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt);
      expect(state).toEqual({ token: accessToken, grant, user: undefined });
      if (refreshToken !== undefined)
        expect(await suite.store.refreshTokens.find(refreshToken.hash)).toMatchObject({ grant });
    }
  });

  it('rotates: the successor, the access token and the sealed answer are stored together', async () => {
    const { grant, token } = await started(suite.store);
    const rotation = rotationOf(token, grant);
    expect(await suite.store.refreshTokens.rotate(rotation)).toBe('rotated');
    expect(await suite.store.refreshTokens.find(token.hash)).toMatchObject({
      token: { consumedAt: rotation.now },
      replay: rotation.replay,
      successorConsumed: false,
    });
    expect((await suite.store.refreshTokens.find(rotation.successor.hash))?.token).toEqual(rotation.successor);
    const { accessToken } = rotation;
    expect((await suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt))?.token).toEqual(accessToken);
  });

  it('knows when the successor has been used too, and then keeps the answer no longer', async () => {
    const { grant, token } = await started(suite.store);
    const first = rotationOf(token, grant);
    await suite.store.refreshTokens.rotate(first);
    await suite.store.refreshTokens.rotate(rotationOf(first.successor, grant));
    expect(await suite.store.refreshTokens.find(token.hash)).toMatchObject({
      successorConsumed: true,
      replay: undefined,
    });
  });

  it('says why a token cannot be rotated, and then stores nothing', async () => {
    const used = await started(suite.store);
    await suite.store.refreshTokens.rotate(rotationOf(used.token, used.grant));
    const expired = await started(suite.store, { expiresAt: at(10) });
    const revoked = await started(suite.store);
    await suite.store.grants.revoke({ id: revoked.grant.id }, 'logout', at(1));
    const attempts = [
      [rotationOf(used.token, used.grant), 'consumed'],
      [rotationOf(expired.token, expired.grant, 10), 'expired'],
      [rotationOf(revoked.token, revoked.grant), 'revoked'],
      [rotationOf(aRefreshToken(revoked.grant), revoked.grant), 'unknown'],
    ] as const;
    for (const [rotation, answer] of attempts) {
      expect(await suite.store.refreshTokens.rotate(rotation)).toBe(answer);
      expect(await suite.store.refreshTokens.find(rotation.successor.hash)).toBeUndefined();
      const { jti, expiresAt } = rotation.accessToken;
      expect(await suite.store.accessTokens.find(jti, expiresAt)).toBeUndefined();
    }
  });

  it('has exactly one winner when fifty rotate it at the same time', async () => {
    const { grant, token } = await started(suite.store);
    const rotations = Array.from({ length: 50 }, () => rotationOf(token, grant));
    const answers = await parallel(suite.stores, 50, (store, index) =>
      store.refreshTokens.rotate(rotations[index] ?? never()),
    );
    expect(answers.filter((answer) => answer === 'rotated')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'consumed')).toHaveLength(49);
    const winner = rotations[answers.indexOf('rotated')] ?? never();
    const found = await Promise.all(rotations.map(({ successor }) => suite.store.refreshTokens.find(successor.hash)));
    expect(found.filter((one) => one !== undefined)).toHaveLength(1);
    expect((await suite.store.refreshTokens.find(token.hash))?.replay).toEqual(winner.replay);
  });

  it('leaves no live token when a revocation meets rotations, whenever it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 5 }), fc.nat({ max: 5 }), async (revokeAfter, generations) => {
        const { grant, token } = await started(suite.store);
        const other = suite.stores.at(-1) ?? suite.store;
        const revocation = ticks(revokeAfter).then(() =>
          other.grants.revoke({ id: grant.id }, 'revoked_by_client', at(2)),
        );
        const rotations: Rotation[] = [];
        let current = token;
        for (let generation = 0; generation <= generations; generation += 1) {
          const rotation = rotationOf(current, grant);
          rotations.push(rotation);
          const answer = await suite.store.refreshTokens.rotate(rotation);
          if (answer !== 'rotated') {
            expect(answer).toBe('revoked');
            break;
          }
          current = rotation.successor;
        }
        expect(await revocation).toBe(1);
        expect(await suite.store.refreshTokens.rotate(rotationOf(current, grant))).toBe('revoked');
        for (const { accessToken, successor } of rotations) {
          const [access, refresh] = await Promise.all([
            suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt),
            suite.store.refreshTokens.find(successor.hash),
          ]);
          for (const one of [access, refresh]) if (one !== undefined) expect(one.grant?.revokedAt).toEqual(at(2));
        }
      }),
      { numRuns: 25 },
    );
  });
}

function never(): never {
  throw new Error('not there');
}

/** Lets the event loop turn so often. */
async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await new Promise((resolve) => setImmediate(resolve));
}

function rotationOf(token: RefreshToken, grant: Grant, seconds = 1): Rotation {
  return {
    event: anEvent(at(seconds)),
    hash: token.hash,
    now: at(seconds),
    successor: aRefreshToken(grant, { generation: token.generation + 1, createdAt: at(seconds) }),
    accessToken: anAccessToken(grant, { issuedAt: at(seconds) }),
    replay: aReplay(),
  };
}

async function started(
  store: Store,
  wish: Partial<RefreshToken> = {},
): Promise<{ readonly grant: Grant; readonly token: RefreshToken }> {
  const user = aUser();
  await store.users.add(user);
  const grant = aGrant({ userId: user.id, method: 'password' });
  const token = aRefreshToken(grant, wish);
  await store.refreshTokens.start({ event: anEvent(), grant, accessToken: anAccessToken(grant), refreshToken: token });
  return { grant, token };
}
