import type { ClientId } from '@authly/oauth';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkScopes, mayAsk } from '../../../src/protocol/client/allowed-scopes.ts';
import { isEntitled } from '../../../src/protocol/entitlement.ts';
import { numericDate } from '../../../src/protocol/numeric-date.ts';
import { aClient, aScope, aUser, registered } from './given.ts';

const NAMES = ['openid', 'profile', 'read', 'write', 'admin:users:read', 'gone', 'unheard'];
const SCOPES = [
  aScope('openid'),
  aScope('profile'),
  aScope('read', { isDefault: true }),
  aScope('write'),
  aScope('admin:users:read'),
  aScope('gone', { isActive: false, isDefault: true }),
];

describe('what a client may ask for', () => {
  it('are its own scopes; with none assigned, the default ones and those that speak of a person', async () => {
    const check = (scopes: string[], requested?: string[]) => {
      const client = aClient({ scopes });
      return checkScopes(requested, client, registered([client], SCOPES));
    };
    expect(await check(['read', 'write'], ['write'])).toEqual(['write']);
    expect(await check(['read', 'write'])).toEqual(['read']);
    expect(await check(['write'])).toEqual([]);
    expect(await check([])).toEqual(['read']);
    expect(await check([], ['openid', 'read'])).toEqual(['openid', 'read']);
    await expect(check([], ['write'])).rejects.toMatchObject({ code: 'invalid_scope' });
    await expect(check(['gone'], ['gone'])).rejects.toMatchObject({ code: 'invalid_scope' });
  });

  it('nobody gets a scope that is unknown, switched off, or not theirs', async () => {
    const wishes = fc.record({ own: fc.subarray(NAMES), requested: fc.subarray(NAMES), isSystem: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(wishes, async ({ own, requested, isSystem }) => {
        const client = aClient({ clientId: 'one' as ClientId, scopes: own, isSystem });
        const granted = await checkScopes(requested, client, registered([client], SCOPES)).catch(() => []);
        for (const name of granted) {
          const scope = SCOPES.find((known) => known.name === name);
          expect(scope?.isActive).toBe(true);
          expect(scope !== undefined && mayAsk(client, scope, { withScope: () => [] })).toBe(true);
        }
      }),
    );
  });
});

it('scopes of administration and of databases are for administrators', () => {
  for (const scope of ['admin', 'admin:users:read', 'database:read', 'cache:write']) {
    expect([isEntitled(scope, aUser()), isEntitled(scope, aUser({ isAdmin: true }))]).toEqual([false, true]);
  }
  for (const scope of ['openid', 'administrate', 'read:admin:']) expect(isEntitled(scope, aUser())).toBe(true);
});

it('a NumericDate is read within the years that can be stored, and as nothing beyond', () => {
  expect(numericDate(0)).toEqual(new Date(0));
  expect(numericDate(253_402_300_799)?.toISOString()).toBe('9999-12-31T23:59:59.000Z');
  for (const value of [-1, 253_402_300_800, Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined, {}])
    expect(numericDate(value)).toBeUndefined();
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(numericDate(value)?.toISOString() ?? '').toMatch(/^(|\d{4}-.*)$/);
    }),
  );
});
