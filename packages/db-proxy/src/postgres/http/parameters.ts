import { HttpRefusal } from '../../http/refusal.js';
import { OID } from './json-values.js';
import type { ValueType } from './types.js';

/** The texts of JSON values as PostgreSQL reads them: what an answer gives can be a parameter of the next question. */
export function textsOfParameters(values: readonly unknown[], types: readonly ValueType[]): readonly (string | null)[] {
  if (values.length !== types.length)
    throw new HttpRefusal(400, `The query has ${types.length} parameters, and "params" has ${values.length}`);
  return types.map((type, at) => textOf(values[at], type, `$${at + 1}`));
}

function textOf(value: unknown, type: ValueType, place: string): string | null {
  if (value === null || value === undefined) return null;
  if (!type.isArray) return textOfScalar(value, type, place);
  if (Array.isArray(value)) return textOfArray(value as readonly unknown[], type, place);
  // A text may be an array in PostgreSQL's own writing.
  return typeof value === 'string' ? value : refuse(place, type, 'an array');
}

function textOfArray(values: readonly unknown[], type: ValueType, place: string): string {
  const parts = values.map((value) => {
    if (value === null) return 'NULL';
    if (Array.isArray(value) && !isJson(type)) return textOfArray(value as readonly unknown[], type, place);
    return `"${textOfScalar(value, type, place).replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${parts.join(',')}}`;
}

function textOfScalar(value: unknown, type: ValueType, place: string): string {
  if (isJson(type)) return JSON.stringify(value);
  switch (typeof value) {
    case 'string':
      return type.base === OID.bytea ? bytesOf(value, place) : value;
    case 'boolean':
      return String(value);
    case 'number':
      if (
        Number.isInteger(value) &&
        !Number.isSafeInteger(value) &&
        (type.base === OID.int8 || type.base === OID.numeric)
      )
        throw new HttpRefusal(400, `The number for ${place} has lost digits on its way: send it as a string`);
      return String(value);
    default:
      return refuse(place, type, 'a string, a number or a boolean');
  }
}

function isJson({ base }: ValueType): boolean {
  return base === OID.json || base === OID.jsonb;
}

function bytesOf(text: string, place: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new HttpRefusal(400, `The bytes for ${place} must be base64`);
  return `\\x${Buffer.from(text, 'base64').toString('hex')}`;
}

function refuse(place: string, { name }: ValueType, wanted: string): never {
  throw new HttpRefusal(400, `${place} is of type ${name}: send ${wanted}`);
}
