/** One of ten codes on paper, each good for one use in place of the app. */
import type { Factor } from '../factor.js';
import { recoveryCodeHash } from './recovery-codes.js';
import { readRecoveryCode } from './format.js';

export const recoveryCodeFactor: Factor<'recovery_code'> = {
  kind: 'recovery_code',
  async prove(typed, userId, context) {
    const code = readRecoveryCode(typed);
    if (code === undefined) return { kind: 'another' };
    const hash = recoveryCodeHash(userId, code, context);
    // However many ask at once, on whatever worker, this statement lets one pass.
    const left = await context.store.secondFactors.useRecoveryCode(userId, hash, context.clock.now());
    return left === undefined ? { kind: 'wrong', spent: false } : { kind: 'right', left };
  },
};
