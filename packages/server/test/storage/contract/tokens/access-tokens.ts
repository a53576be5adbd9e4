import { expect, it } from 'vitest';
import type { Open } from '../../contract.ts';
import {
  anEvent,
  aCode,
  aGrant,
  alone,
  anAccessToken,
  anInteraction,
  aRefreshToken,
  aSession,
  at,
  aUser,
  ISSUED,
  NOW,
  parallel,
  shared,
} from '../given.ts';

export function accessTokensContract(open: Open): void {
  const suite = shared(open);

  it('finds a token with its grant and its person', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const grant = aGrant({ userId: user.id });
    const token = anAccessToken(grant, { scopes: [] });
    await suite.store.refreshTokens.start({ event: anEvent(), grant, accessToken: token });
    expect(await suite.store.accessTokens.find(token.jti, token.expiresAt)).toEqual({
      token,
      grant,
      user: await suite.store.users.find(user.id),
    });
  });

  it('records a token without a person', async () => {
    const token = anAccessToken(undefined, { scopes: ['read', 'write'] });
    await suite.store.accessTokens.record(token, ...ISSUED);
    expect(await suite.store.accessTokens.find(token.jti, token.expiresAt)).toEqual({
      token: { ...token, grantId: undefined, userId: undefined },
      grant: undefined,
      user: undefined,
    });
  });

  it('finds nothing under another jti or another expiry', async () => {
    const token = anAccessToken(undefined);
    await suite.store.accessTokens.record(token, ...ISSUED);
    expect(await suite.store.accessTokens.find(`${token.jti}x`, token.expiresAt)).toBeUndefined();
    expect(await suite.store.accessTokens.find(token.jti, at(1))).toBeUndefined();
  });

  it('keeps the expiry in whole seconds, as the claim in the token has it', async () => {
    const token = anAccessToken(undefined, { expiresAt: new Date('2026-03-01T13:00:00.987Z') });
    await suite.store.accessTokens.record(token, ...ISSUED);
    const found = await suite.store.accessTokens.find(token.jti, new Date('2026-03-01T13:00:00Z'));
    expect(found?.token.expiresAt).toEqual(new Date('2026-03-01T13:00:00Z'));
    expect(await suite.store.accessTokens.find(token.jti, token.expiresAt)).toEqual(found);
    expect(await suite.store.accessTokens.revoke(token.jti, token.expiresAt, NOW)).toBe(true);
  });

  it('records and finds many tokens at the same time, each its own', async () => {
    const tokens = Array.from({ length: 300 }, (_, index) => anAccessToken(undefined, { scopes: [`s${index}`] }));
    await parallel(suite.stores, tokens.length, (store, index) =>
      store.accessTokens.record(tokens[index] ?? anAccessToken(undefined), ...ISSUED),
    );
    const found = await parallel(suite.stores, tokens.length, (store, index) => {
      const { jti, expiresAt } = tokens[index] ?? anAccessToken(undefined);
      return store.accessTokens.find(jti, expiresAt);
    });
    expect(found.map((state) => state?.token.scopes)).toEqual(tokens.map((token) => token.scopes));
  });

  it('revokes a token once', async () => {
    const token = anAccessToken(undefined);
    await suite.store.accessTokens.record(token, ...ISSUED);
    const answers = await parallel(suite.stores, 20, (store) =>
      store.accessTokens.revoke(token.jti, token.expiresAt, at(4)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await suite.store.accessTokens.find(token.jti, token.expiresAt))?.token.revokedAt).toEqual(at(4));
    expect(await suite.store.accessTokens.revoke('unknown', token.expiresAt, at(4))).toBe(false);
  });

  it('sees a token as soon as it is recorded, and its revocation as soon as it is done', async () => {
    for (let round = 0; round < 20; round += 1) {
      const token = anAccessToken(undefined);
      const [first, last] = [suite.store, suite.stores.at(-1) ?? suite.store];
      await first.accessTokens.record(token, ...ISSUED);
      expect(await last.accessTokens.find(token.jti, token.expiresAt)).toBeDefined();
      await last.accessTokens.revoke(token.jti, token.expiresAt, at(1));
      expect((await first.accessTokens.find(token.jti, token.expiresAt))?.token.revokedAt).toEqual(at(1));
    }
  });

  it('sweeps away what has long expired and nothing else', async () => {
    await alone(open, async (store, stores) => {
      const user = aUser();
      await store.users.add(user);
      const grant = aGrant({ userId: user.id, expiresAt: at(10) });
      const old = {
        code: aCode(grant),
        refresh: aRefreshToken(grant, { expiresAt: at(10) }),
        access: anAccessToken(grant),
        interaction: anInteraction({ expiresAt: at(10) }),
        session: aSession({ userId: user.id, expiresAt: at(10) }),
      };
      await store.codes.issue(grant, old.code);
      const { access: accessToken, refresh: refreshToken } = old;
      await store.codes.redeem({ event: anEvent(), hash: old.code.hash, now: NOW, accessToken, refreshToken });
      await store.interactions.add(old.interaction);
      await store.sessions.add(old.session);
      const month = 31 * 86_400;
      const young = { grant: aGrant({ userId: user.id, expiresAt: at(2 * month) }), later: at(month) };
      const kept = {
        refresh: aRefreshToken(young.grant, { expiresAt: at(2 * month) }),
        access: anAccessToken(young.grant, { expiresAt: new Date(Math.ceil(young.later.getTime() / 1000) * 1000) }),
        session: aSession({ userId: user.id, expiresAt: at(2 * month) }),
      };
      await store.refreshTokens.start({
        event: anEvent(),
        grant: young.grant,
        accessToken: kept.access,
        refreshToken: kept.refresh,
      });
      await store.sessions.add(kept.session);

      await parallel(stores, 4, (one) => one.accessTokens.sweep(young.later));

      expect(await store.accessTokens.find(old.access.jti, old.access.expiresAt)).toBeUndefined();
      expect(await store.codes.find(old.code.hash)).toBeUndefined();
      expect(await store.refreshTokens.find(old.refresh.hash)).toBeUndefined();
      expect(await store.interactions.find(old.interaction.idHash)).toBeUndefined();
      expect(await store.sessions.find(old.session.id)).toBeUndefined();
      expect(await store.grants.find(grant.id)).toBeUndefined();
      expect(await store.accessTokens.find(kept.access.jti, kept.access.expiresAt)).toMatchObject({
        token: kept.access,
      });
      expect(await store.refreshTokens.find(kept.refresh.hash)).toMatchObject({ token: kept.refresh });
      expect(await store.sessions.find(kept.session.id)).toEqual(kept.session);
    });
  });
}
