/** Nobody types more, and the normal form of a long text is work. */
const LONGEST = 100;

/** A code as it was typed, without its spaces, dashes and case; `undefined` for what is too long to be one. */
export function plainCode(typed: string): string | undefined {
  if (typed.length > LONGEST) return undefined;
  return typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}\p{Cf}._·]/gu, '')
    .toUpperCase();
}
