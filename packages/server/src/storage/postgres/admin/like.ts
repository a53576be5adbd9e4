/** The pattern for a text that may stand anywhere; what was typed means itself. */
export function anywhere(part: string): string {
  return `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
