import type { UserId } from '@authly/oauth';
import { describe, expect, it } from 'vitest';
import { type SignInTry, queueKeyOf } from '../../../src/identity/sign-in-limits.js';
import { createHashing } from '../../../src/platform/hashing.js';

const hashing = createHashing({ macSecret: 'the second key', lastingSecret: 'the key that lasts' });
const user = { id: '5f0c2b8e-3a51-4a4c-9d0e-8f6a7c1b2d3e' as UserId } as SignInTry['user'];

function turn(login: string, ip = '203.0.113.5'): string {
  const attempt: SignInTry = { login, user, from: { origin: { ip } }, known: undefined };
  return queueKeyOf(attempt, { hashing });
}

describe('a try at a password waits', () => {
  it('for the others at the same name from the same address, however it is written', () => {
    expect(turn(' MAX ')).toBe(turn('max'));
    expect(turn('max', '203.0.113.6')).not.toBe(turn('max'));
  });

  // @attack account enumeration (Logto)
  it('never for those at the other name of the same person: the time would tell that both are one account', () => {
    expect(turn('max@example.com')).not.toBe(turn('max'));
  });
});
