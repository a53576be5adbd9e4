/** Codes that people type: eight letters without vowels and look-alikes, in two groups. @spec RFC 8628 §6.1 */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

/** How long a code can be used; also how long wrong guesses are remembered. */
export const DEVICE_CODE_LIFETIME_SECONDS = 600;

/** Makes a code from random bytes; bytes that would favour some letters are skipped. 20^8 is 2^34.5. */
// @check 168, 169
export function makeUserCode(random: (length: number) => Buffer): string {
  let code = '';
  while (code.length < 8) {
    for (const byte of random(16)) {
      if (byte < 240 && code.length < 8) code += ALPHABET[byte % ALPHABET.length];
    }
  }
  return code;
}

/** What a person typed, without case, spaces and dashes; `undefined` when it can't be a code. */
// @check 169
export function normaliseUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replaceAll(/[\s\-_.·–—]/g, '');
  return code.length === 8 && [...code].every((letter) => ALPHABET.includes(letter)) ? code : undefined;
}

/** The code in two groups of four. */
export function showUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
