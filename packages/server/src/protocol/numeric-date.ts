/**
 * The time that a NumericDate of a token stands for; `undefined` for what lies outside of 1970 and the year 9999. No token of ours
 * has such a date, and the database could not read it. @spec RFC 7519 §2
 */
export function numericDate(value: unknown): Date | undefined {
  return typeof value === 'number' && value >= 0 && value < END ? new Date(value * 1000) : undefined;
}

// 10000-01-01T00:00:00Z
const END = 253_402_300_800;
