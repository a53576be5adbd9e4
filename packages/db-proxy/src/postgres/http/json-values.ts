import { parse as parseArray } from 'postgres-array';
import type { ValueType } from './types.js';

/** Numbers of pg_type, which are the same in every PostgreSQL. */
export const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
} as const;

/** The JSON of one value that PostgreSQL wrote as text. */
export function jsonOf(text: string | null, type: ValueType): string {
  if (text === null) return 'null';
  if (!type.isArray) return jsonOfScalar(text, type.base);
  return jsonOfArray(parseArray<unknown>(text, (element) => ({ json: jsonOfScalar(element, type.base) })));
}

type Nested = readonly (Nested | { readonly json: string } | null)[];

function jsonOfArray(values: readonly unknown[]): string {
  const parts = (values as Nested).map((value) => {
    if (value === null) return 'null';
    return 'json' in value ? value.json : jsonOfArray(value);
  });
  return `[${parts.join(',')}]`;
}

function jsonOfScalar(text: string, type: number): string {
  switch (type) {
    case OID.bool:
      return text === 't' ? 'true' : 'false';
    case OID.int2:
    case OID.int4:
    case OID.oid:
      return text;
    case OID.int8:
      return Number.isSafeInteger(Number(text)) ? text : JSON.stringify(text);
    case OID.float4:
    case OID.float8:
      // NaN and the infinities are no JSON.
      return Number.isFinite(Number(text)) ? text : JSON.stringify(text);
    case OID.json:
    case OID.jsonb:
      // As it stands: whoever parsed it here would lose the digits of large numbers.
      return text;
    case OID.bytea:
      return JSON.stringify(text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex').toString('base64') : text);
    case OID.timestamp:
    case OID.timestamptz:
      return JSON.stringify(isoOf(text));
    default:
      return JSON.stringify(text);
  }
}

/** `2026-12-01 06:38:00.5+00` → `2026-12-01T06:38:00.5Z`; infinity and years before Christ stay as PostgreSQL writes them. */
function isoOf(text: string): string {
  const [, day, time, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return text;
  return `${day}T${time}${zone === '+00' ? 'Z' : (zone ?? '')}`;
}
