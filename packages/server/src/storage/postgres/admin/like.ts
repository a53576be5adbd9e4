/** The pattern for a text that may stand anywhere; what was typed means itself. */
export function patternContaining(part: string): string {
  return `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
