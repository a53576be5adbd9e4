/** Makes text from a server or a file safe to print: nothing in it can move the cursor, change colours or turn the reading direction. */

/** One line: every control or format character, line break included, becomes a space or disappears. */
export function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\p{Cf}/gu, '');
}

/** JSON whose text cannot act on a terminal either: JSON itself lets C1 controls and direction marks through. */
export function safeJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (character) =>
    [...character].map(escapeCharacter).join(''),
  );
}

function escapeCharacter(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
