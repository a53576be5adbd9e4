import type { DeviceCode } from '../../../model/device-code.js';
import type { DeviceCodeStore } from '../../../ports/store/device-codes.js';
import type { Tables } from '../tables.js';
import { storeTokens } from './store-tokens.js';

export function deviceCodes(tables: Tables): DeviceCodeStore {
  const all = tables.deviceCodes;
  const byUserCode = (userCode: string): DeviceCode | undefined =>
    [...all.values()].find((code) => code.userCode === userCode);
  const decidable = (userCode: string, now: Date): DeviceCode | undefined => {
    const code = byUserCode(userCode);
    return code?.status === 'pending' && code.expiresAt > now ? code : undefined;
  };
  return {
    add: async (code) => {
      if (byUserCode(code.userCode) !== undefined) return false;
      all.set(code.hash, code);
      return true;
    },
    findByUserCode: async (userCode) => byUserCode(userCode),
    poll: async (hash, now) => {
      const device = all.get(hash);
      if (device === undefined) return undefined;
      const tooEarly = device.status === 'pending' && isTooEarly(device, now);
      const intervalSeconds = device.intervalSeconds + (tooEarly ? 5 : 0);
      all.set(hash, { ...device, lastPolledAt: now, intervalSeconds });
      const grant = device.grantId && tables.grants.get(device.grantId);
      const user = grant && grant.userId && tables.accounts.get(grant.userId)?.user;
      return { found: { device, grant: grant || undefined, user: user || undefined }, tooEarly };
    },
    approve: async (userCode, grant, now) => {
      const code = decidable(userCode, now);
      if (code === undefined) return false;
      all.set(code.hash, { ...code, status: 'approved', grantId: grant.id });
      tables.grants.set(grant.id, grant);
      return true;
    },
    deny: async (userCode, now) => {
      const code = decidable(userCode, now);
      if (code === undefined) return false;
      all.set(code.hash, { ...code, status: 'denied' });
      return true;
    },
    redeem: async ({ hash, now, accessToken, refreshToken }) => {
      const code = all.get(hash);
      if (code?.grantId === undefined || code.status !== 'approved' || code.expiresAt <= now) return false;
      if (tables.grants.get(code.grantId)?.revokedAt !== undefined || !tables.grants.has(code.grantId)) return false;
      all.set(hash, { ...code, status: 'redeemed' });
      storeTokens(tables, { grantId: code.grantId, accessToken, refreshToken });
      return true;
    },
  };
}

function isTooEarly({ lastPolledAt, intervalSeconds }: DeviceCode, now: Date): boolean {
  return lastPolledAt !== undefined && now.getTime() < lastPolledAt.getTime() + intervalSeconds * 1000;
}
