import { expect, it } from 'vitest';
import type { Open } from '../../contract.ts';
import { alone, aSigningKey, at, parallel } from '../given.ts';

export function signingKeysContract(open: Open): void {
  it('keeps keys, oldest first', async () => {
    await alone(open, async (store) => {
      const keys = [
        aSigningKey({ algorithm: 'RS256', createdAt: at(1), retiredAt: at(2), expiresAt: at(3) }),
        aSigningKey({ algorithm: 'ES256', createdAt: at(0) }),
      ];
      await store.signingKeys.addIfMissing(keys);
      expect(await store.signingKeys.all()).toEqual([keys[1], keys[0]]);
    });
  });

  it('adds one key of an algorithm when many servers start at the same time', async () => {
    await alone(open, async (store, stores) => {
      await parallel(stores, 12, (one) =>
        one.signingKeys.addIfMissing([aSigningKey({ algorithm: 'ES256' }), aSigningKey({ algorithm: 'RS256' })]),
      );
      const keys = await store.signingKeys.all();
      expect(keys.map((key) => key.algorithm).toSorted()).toEqual(['ES256', 'RS256']);
    });
  });

  it('rotates the keys of one algorithm and leaves the others', async () => {
    await alone(open, async (store) => {
      const [old, other] = [aSigningKey(), aSigningKey({ algorithm: 'RS256' })];
      await store.signingKeys.addIfMissing([old, other]);
      const successor = aSigningKey({ createdAt: at(100), activeAt: at(200) });
      await store.signingKeys.rotate(successor, { retireAt: at(200), expireAt: at(900) });
      const keys = await store.signingKeys.all();
      expect(keys).toHaveLength(3);
      expect(keys).toEqual(
        expect.arrayContaining([{ ...old, retiredAt: at(200), expiresAt: at(900) }, other, successor]),
      );
    });
  });

  it('does not give a key that was to end earlier a longer life', async () => {
    await alone(open, async (store) => {
      const ending = aSigningKey({ retiredAt: at(50), expiresAt: at(60) });
      await store.signingKeys.addIfMissing([ending]);
      await store.signingKeys.rotate(aSigningKey({ createdAt: at(1) }), { retireAt: at(200), expireAt: at(900) });
      expect(await store.signingKeys.all()).toEqual(expect.arrayContaining([ending]));
    });
  });
}
