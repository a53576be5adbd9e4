/**
 * What the index of the directory knows of a part of a text: of up to three letters the part itself; of a longer one the threes of
 * letters side by side, and the last. Enough to find little else; what is found is compared with the whole part anyway.
 */
export function partKeys(part: string): readonly string[] {
  const letters = part.replaceAll(SEPARATOR, ' ');
  if (part.length <= 1) return part === '' ? [] : [part];
  if (part.length <= 3) return [letters];
  const starts = Array.from({ length: Math.floor(part.length / 3) }, (_, index) => 3 * index);
  return [...new Set([...starts, part.length - 3].map((start) => letters.slice(start, start + 3)))];
}

/** Small letters can be more than one letter where the capital is one: then the database has to take the part apart. */
export function isPlain(part: string): boolean {
  return Buffer.byteLength(part) === part.length;
}

/** The sign that the index takes texts apart at: it knows no two or three letters with it. */
const SEPARATOR = '\u0001';
