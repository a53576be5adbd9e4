import type { UserId } from '@authly/oauth';
import type { SecondFactorStore } from '../../../ports/store/second-factors.js';
import type { Tables } from '../tables.js';

export function secondFactors(tables: Tables): SecondFactorStore {
  const { authenticators, authenticatorSetups: setups, recoveryCodes } = tables;
  return {
    find: async (userId) => {
      const found = authenticators.get(userId);
      if (found === undefined) return undefined;
      const { id, sealedSecret, enabledAt, recoveryCodesMadeAt } = found;
      return { id, userId, sealedSecret, enabledAt, recoveryCodesMadeAt, recoveryCodesLeft: left(tables, userId) };
    },
    propose: async (setup) => {
      setups.set(setup.userId, setup);
    },
    findSetup: async (userId, now) => {
      const setup = setups.get(userId);
      return setup !== undefined && setup.expiresAt > now ? setup : undefined;
    },
    enable: async ({ setup: { id, userId }, step, recoveryCodes: hashes, now }) => {
      const setup = setups.get(userId);
      if (setup?.id !== id || setup.expiresAt <= now) return false;
      setups.delete(userId);
      const { sealedSecret } = setup;
      authenticators.set(userId, {
        id,
        userId,
        sealedSecret,
        enabledAt: now,
        recoveryCodesMadeAt: now,
        lastStep: step,
      });
      replace(tables, userId, hashes);
      return true;
    },
    useStep: async ({ id }, step) => {
      const found = [...authenticators.values()].find((authenticator) => authenticator.id === id);
      if (found === undefined || found.lastStep >= step) return false;
      authenticators.set(found.userId, { ...found, lastStep: step });
      return true;
    },
    useRecoveryCode: async (userId, hash, now) => {
      const code = recoveryCodes.get(keyOf(userId, hash));
      if (code === undefined || code.usedAt !== undefined) return undefined;
      recoveryCodes.set(keyOf(userId, hash), { ...code, usedAt: now });
      return left(tables, userId);
    },
    replaceRecoveryCodes: async (userId, hashes, now) => {
      const authenticator = authenticators.get(userId);
      if (authenticator === undefined) return false;
      authenticators.set(userId, { ...authenticator, recoveryCodesMadeAt: now });
      replace(tables, userId, hashes);
      return true;
    },
    remove: async (userId) => {
      setups.delete(userId);
      replace(tables, userId, []);
      return authenticators.delete(userId);
    },
  };
}

function left({ recoveryCodes }: Tables, userId: UserId): number {
  return [...recoveryCodes.values()].filter((code) => code.userId === userId && code.usedAt === undefined).length;
}

function replace({ recoveryCodes }: Tables, userId: UserId, hashes: readonly string[]): void {
  for (const [key, code] of recoveryCodes) if (code.userId === userId) recoveryCodes.delete(key);
  for (const hash of hashes) recoveryCodes.set(keyOf(userId, hash), { userId });
}

function keyOf(userId: UserId, hash: string): string {
  return `${userId} ${hash}`;
}
