import type { Schema } from './document.js';

/** A field of a body or of an answer, in words. */
export interface FieldWords {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly notes: string;
}

/** The fields of an object schema; of an array, those of its elements. */
export function fieldsOf(schema: Schema | undefined): readonly FieldWords[] {
  const object = schema?.items ?? schema?.anyOf?.find((one) => one.properties) ?? schema;
  return Object.entries(object?.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field),
    required: object?.required?.includes(name) ?? false,
    notes: notesOf(field),
  }));
}

/** A type as a developer would write it. That null is as good as nothing goes without saying. */
export function typeOf(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.filter(({ type }) => type !== 'null').map(typeOf))].join(' | ');
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type === 'array') return `${wrapped(schema.items ? typeOf(schema.items) : 'any')}[]`;
  if (schema.type === 'object') return objectType(schema);
  if (schema.format === 'date-time') return 'time';
  if (schema.type === undefined) return 'any';
  if (typeof schema.type === 'string') return schema.type;
  return schema.type.filter((type) => type !== 'null').join(' | ');
}

function objectType({ properties }: Schema): string {
  const names = Object.keys(properties ?? {});
  return names.length === 0 ? 'object' : `{ ${names.join(', ')} }`;
}

function wrapped(type: string): string {
  return type.includes(' | ') ? `(${type})` : type;
}

/** What else a schema says: limits and defaults. */
function notesOf(schema: Schema): string {
  const one = schema.anyOf?.find((option) => option.type !== 'null') ?? schema;
  const { description, default: fallback } = schema;
  const { minLength, maxLength, minimum, maximum, format } = one;
  return [
    description ?? one.description,
    minLength !== undefined && minLength > 1 ? `at least ${minLength} characters` : undefined,
    maxLength === undefined ? undefined : `at most ${maxLength} characters`,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? `from ${minimum}` : undefined,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `to ${maximum}` : undefined,
    format === 'uuid' ? 'UUID' : undefined,
    fallback === undefined ? undefined : `default ${JSON.stringify(fallback)}`,
  ]
    .filter((note) => note !== undefined)
    .join(', ');
}
