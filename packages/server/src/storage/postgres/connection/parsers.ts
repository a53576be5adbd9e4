/** Reads the values that come most often faster than the driver does; everything unusual is left to it. */
import { types } from 'pg';

const TIMESTAMPTZ = 1184;
const TEXT_ARRAY = 1009;

// the driver knows more types than its declarations
const driver = types.getTypeParser as (oid: number, format?: 'text' | 'binary') => (text: string) => unknown;
const parseTime = driver(TIMESTAMPTZ, 'text');
const parseTexts = driver(TEXT_ARRAY, 'text');

/** For the `types` of a connection whose time zone is UTC. */
export const parsers: { readonly getTypeParser: typeof driver } = {
  getTypeParser: (oid, format) => {
    if (format === 'binary') return driver(oid, format);
    if (oid === TIMESTAMPTZ) return toTime;
    return oid === TEXT_ARRAY ? toTexts : driver(oid, 'text');
  },
};

/** `2026-03-01 12:00:00.123+00`; years of other lengths, other zones and infinity are the driver's. */
export function toTime(text: string): unknown {
  if (!text.endsWith('+00') || text[4] !== '-' || text[10] !== ' ') return parseTime(text);
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

/** `{openid,profile}`; quotes and nulls are the driver's. */
export function toTexts(text: string): unknown {
  if (text === '{}') return [];
  if (text.includes('"') || text.includes('NULL') || text.includes('{', 1)) return parseTexts(text);
  return text.slice(1, -1).split(',');
}
