/** What people type as a second factor: the six digits of their app, or one of their recovery codes. */

export type TypedCode =
  | { readonly factor: 'otp'; readonly code: string }
  | { readonly factor: 'recovery_code'; readonly code: string };

/** Digits and letters that cannot be taken for one another. 16 of them are 80 bits. @spec Crockford's Base32 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_LENGTH = 16;

/** Reads a code without its spaces, dashes and case; `undefined` when it has the form of neither. */
export function readCode(typed: string): TypedCode | undefined {
  // Nobody types more, and the normal form of a long text is work.
  if (typed.length > LONGEST) return undefined;
  const code = typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}\p{Cf}._·]/gu, '')
    .toUpperCase();
  if (/^\d{6}$/.test(code)) return { factor: 'otp', code };
  const letters = code.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const isRecoveryCode =
    letters.length === RECOVERY_LENGTH && [...letters].every((letter) => ALPHABET.includes(letter));
  return isRecoveryCode ? { factor: 'recovery_code', code: letters } : undefined;
}

const LONGEST = 100;
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
