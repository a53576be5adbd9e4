import type { Random } from '../../ports/crypto/random.js';

// Without letters that look alike: people type these from a screen or a sheet of paper.
const CLASSES = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!@#$%^&*'] as const;
const LENGTH = 16;

/** A password for one sign-in: of every class something, all places equally likely. */
export function temporaryPassword(random: Random): string {
  const all = CLASSES.join('');
  const characters = [
    ...CLASSES.map((letters) => pick(letters, random)),
    ...Array.from({ length: LENGTH - CLASSES.length }, () => pick(all, random)),
  ];
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = drawBelow(last + 1, random);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}

function pick(letters: string, random: Random): string {
  return letters[drawBelow(letters.length, random)] ?? '';
}

/** Bytes that would make some numbers more likely than others are thrown away. */
function drawBelow(count: number, random: Random): number {
  const limit = 256 - (256 % count);
  for (;;) {
    const byte = random.bytes(1)[0] ?? limit;
    if (byte < limit) return byte % count;
  }
}
