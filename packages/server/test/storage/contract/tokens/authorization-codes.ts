import { expect, it } from 'vitest';
import type { AuthorizationCode } from '../../../../src/model/tokens/authorization-code.ts';
import type { Grant } from '../../../../src/model/tokens/grant.ts';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import {
  anEvent,
  aCode,
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

export function authorizationCodesContract(open: Open): void {
  const suite = shared(open);

  it('finds a code with its grant and its person', async () => {
    const { grant, code } = await issued(suite.store, { code: { nonce: 'n' } });
    expect(await suite.store.codes.find(code.hash)).toEqual({
      code,
      grant,
      user: await suite.store.users.find(grant.userId ?? never()),
    });
    expect(await suite.store.codes.find(hash())).toBeUndefined();
  });

  it('issues many codes at the same time', async () => {
    const codes = await Promise.all(Array.from({ length: 60 }, () => issued(suite.store)));
    const found = await Promise.all(codes.map(({ code }) => suite.store.codes.find(code.hash)));
    expect(found.map((one) => one?.grant.id)).toEqual(codes.map(({ grant }) => grant.id));
  });

  it('redeems a code once and stores its tokens', async () => {
    const { grant, code } = await issued(suite.store);
    const accessToken = anAccessToken(grant);
    const refreshToken = aRefreshToken(grant);
    expect(
      await suite.store.codes.redeem({ event: anEvent(), hash: code.hash, now: at(1), accessToken, refreshToken }),
    ).toBe('redeemed');
    expect((await suite.store.codes.find(code.hash))?.code.redeemedAt).toEqual(at(1));
    expect((await suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt))?.token).toEqual(accessToken);
    expect((await suite.store.refreshTokens.find(refreshToken.hash))?.token).toEqual(refreshToken);
  });

  it('says why a code cannot be redeemed, and then stores nothing', async () => {
    const redeemed = await issued(suite.store);
    const accessToken = anAccessToken(redeemed.grant);
    await suite.store.codes.redeem({
      event: anEvent(),
      hash: redeemed.code.hash,
      now: NOW,
      accessToken: anAccessToken(redeemed.grant),
    });
    const expired = await issued(suite.store, { code: { expiresAt: at(5) } });
    const revoked = await issued(suite.store);
    await suite.store.grants.revoke({ id: revoked.grant.id }, 'logout', NOW);
    const redeem = (codeHash: AuthorizationCode['hash'], seconds = 1): Promise<string> =>
      suite.store.codes.redeem({
        event: anEvent(),
        hash: codeHash,
        now: at(seconds),
        accessToken,
        refreshToken: undefined,
      });
    expect(await redeem(redeemed.code.hash)).toBe('replayed');
    expect(await redeem(redeemed.code.hash, 999)).toBe('replayed');
    expect(await redeem(expired.code.hash, 5)).toBe('expired');
    expect(await redeem(revoked.code.hash)).toBe('revoked');
    expect(await redeem(hash())).toBe('unknown');
    expect(await suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt)).toBeUndefined();
  });

  it('has exactly one winner when fifty redeem it at the same time', async () => {
    const { grant, code } = await issued(suite.store);
    const tokens = Array.from({ length: 50 }, () => ({
      accessToken: anAccessToken(grant),
      refreshToken: aRefreshToken(grant),
    }));
    const answers = await parallel(suite.stores, 50, (store, index) =>
      store.codes.redeem({ event: anEvent(), hash: code.hash, now: at(1), ...(tokens[index] ?? never()) }),
    );
    expect(answers.filter((answer) => answer === 'redeemed')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'replayed')).toHaveLength(49);
    const stored = await Promise.all(
      tokens.map(({ accessToken, refreshToken }) =>
        Promise.all([
          suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt),
          suite.store.refreshTokens.find(refreshToken.hash),
        ]),
      ),
    );
    const winner = answers.indexOf('redeemed');
    for (const [index, pair] of stored.entries()) {
      expect(pair.map((one) => one !== undefined)).toEqual([index === winner, index === winner]);
    }
  });

  it('leaves no live token when a revocation meets the redemption', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { grant, code } = await issued(suite.store);
      const accessToken = anAccessToken(grant);
      const [answer] = await Promise.all([
        (suite.stores.at(-1) ?? suite.store).codes.redeem({
          event: anEvent(),
          hash: code.hash,
          now: at(1),
          accessToken,
        }),
        suite.store.grants.revoke({ id: grant.id }, 'code_replayed', at(1)),
      ]);
      expect(['redeemed', 'revoked']).toContain(answer);
      const found = await suite.store.accessTokens.find(accessToken.jti, accessToken.expiresAt);
      expect(found === undefined).toBe(answer === 'revoked');
      if (found !== undefined) expect(found.grant?.revokedAt).toEqual(at(1));
    }
  });
}

function never(): never {
  throw new Error('not there');
}

async function issued(
  store: Store,
  wish: { readonly code?: Partial<AuthorizationCode> } = {},
): Promise<{ readonly grant: Grant; readonly code: AuthorizationCode }> {
  const user = aUser();
  await store.users.add(user);
  const grant = aGrant({ userId: user.id });
  const code = aCode(grant, wish.code);
  await store.codes.issue(grant, code);
  return { grant, code };
}
