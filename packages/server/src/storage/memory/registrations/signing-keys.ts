import type { SigningKeyStore } from '../../../ports/store/signing-keys.js';
import type { Tables } from '../tables.js';

export function signingKeys(tables: Tables): SigningKeyStore {
  const all = tables.signingKeys;
  return {
    all: async () =>
      [...all.values()].toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.kid < b.kid ? -1 : 1)),
    addIfMissing: async (keys) => {
      const present = new Set([...all.values()].map((key) => key.algorithm));
      for (const key of keys) if (!present.has(key.algorithm)) all.set(key.kid, key);
    },
    rotate: async (successor, { retireAt, expireAt }) => {
      for (const key of all.values()) {
        if (key.algorithm !== successor.algorithm) continue;
        const retiredAt = earlier(key.retiredAt, retireAt);
        all.set(key.kid, { ...key, retiredAt, expiresAt: earlier(key.expiresAt, expireAt) });
      }
      all.set(successor.kid, successor);
    },
  };
}

function earlier(time: Date | undefined, other: Date): Date {
  return time !== undefined && time < other ? time : other;
}
