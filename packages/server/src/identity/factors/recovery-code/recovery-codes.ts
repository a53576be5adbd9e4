import type { UserId } from '@authly/oauth';
import type { Context } from '../../../ports/context.js';
import { RECOVERY_CODE_BYTES, recoveryCode, showRecoveryCode } from './format.js';

const RECOVERY_CODES = 10;

/** New recovery codes: as they are shown, this once, and as they are stored. */
export function makeRecoveryCodes(
  userId: UserId,
  context: Pick<Context, 'random' | 'hashing'>,
): { readonly shown: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(context.random.bytes(RECOVERY_CODE_BYTES)));
  return { shown: codes.map(showRecoveryCode), hashes: codes.map((code) => recoveryCodeHash(userId, code, context)) };
}

/** Under a key that the database does not have, and for one person: whoever steals the table cannot try codes on it. */
export function recoveryCodeHash(userId: UserId, code: string, { hashing }: Pick<Context, 'hashing'>): string {
  return hashing.lastingMac('recovery-code', `${userId}\n${code}`);
}
