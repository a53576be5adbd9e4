/** How recovery codes are written. */
import { plainCode } from '../typed-code.js';

/** Digits and letters that cannot be taken for one another. 16 of them are 80 bits. @spec Crockford's Base32 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_LENGTH = 16;

/** Reads a code as it was typed; `undefined` when it has not the form of a recovery code. */
export function readRecoveryCode(typed: string): string | undefined {
  const letters = plainCode(typed)?.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (letters?.length !== RECOVERY_LENGTH) return undefined;
  return [...letters].every((letter) => ALPHABET.includes(letter)) ? letters : undefined;
}

/** What a recovery code is made of. */
export const RECOVERY_CODE_BYTES = 10;

/** A recovery code from ten random bytes, five bits a letter. */
export function recoveryCode(random: Buffer): string {
  if (random.length !== RECOVERY_CODE_BYTES) throw new Error('a recovery code is made of ten bytes');
  const bits = [...random].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: RECOVERY_LENGTH }, (_, index) =>
    ALPHABET.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)),
  ).join('');
}

/** The code in groups of four. */
export function showRecoveryCode(code: string): string {
  return code.replaceAll(/(.{4})(?=.)/g, '$1-');
}
