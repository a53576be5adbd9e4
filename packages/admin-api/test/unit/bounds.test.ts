import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { operations } from '../../src/contract.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly maximum?: number;
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** What an `integer` column holds; the sequence numbers of the audit log are `bigint`. */
const INTEGER = 2_147_483_647;
const BIGINT = new Set(['from_seq', 'to_seq', 'anchor_seq'].map((name) => `verifyAudit query.${name}`));
/** Formats whose pattern admits texts of bounded length only, or that a column of the same kind checks. */
const BOUNDED_FORMATS = new Set(['uuid', 'date-time']);

/** The places of a schema where what a caller sends has no end. */
function unbounded(schema: Schema, place: string): string[] {
  const types = [schema.type ?? []].flat();
  const found: string[] = [];
  const largest = BIGINT.has(place) ? Number.MAX_SAFE_INTEGER : INTEGER;
  if (types.some((type) => type === 'integer' || type === 'number')) {
    if (!((schema.maximum ?? Number.POSITIVE_INFINITY) <= largest)) found.push(`${place}: maximum ${schema.maximum}`);
    if (!((schema.minimum ?? Number.NEGATIVE_INFINITY) >= 0)) found.push(`${place}: minimum ${schema.minimum}`);
  }
  const isListed = schema.enum !== undefined || schema.const !== undefined;
  if (types.includes('string') && !isListed && schema.maxLength === undefined)
    if (!BOUNDED_FORMATS.has(schema.format ?? '')) found.push(`${place}: a text without maxLength`);
  if (types.includes('array') && schema.maxItems === undefined) found.push(`${place}: a list without maxItems`);
  if (types.length === 0 && !isListed && schema.anyOf === undefined && schema.allOf === undefined)
    found.push(`${place}: anything at all`);
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    found.push(...unbounded(member, `${place}.${name}`));
  if (typeof schema.additionalProperties === 'object')
    found.push(...unbounded(schema.additionalProperties, `${place}.*`));
  if (schema.items) found.push(...unbounded(schema.items, `${place}[]`));
  for (const member of [...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) found.push(...unbounded(member, place));
  return found;
}

function placesOf(name: string, part: string, schema: z.ZodType | undefined): string[] {
  if (!schema) return [];
  return unbounded(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema, `${name} ${part}`);
}

describe('what may be sent to the admin API', () => {
  test.each(operations().map((operation) => [operation.name, operation] as const))(
    'has a bound in every number, text and list of %s',
    (name, { body, query, params }) => {
      // Values of a query are texts that a schema turns into numbers, so only their numbers and texts have bounds.
      const found = [
        ...placesOf(name, 'body', body),
        ...placesOf(name, 'query', query),
        ...placesOf(name, 'params', params),
      ];
      expect(found).toEqual([]);
    },
  );
});

test('the search sees a number, a text, a list and a member that have no bounds', () => {
  const schema = z.object({
    age: z.int(),
    name: z.string(),
    tags: z.array(z.enum(['one'])),
    any: z.unknown(),
    deep: z.record(z.string(), z.object({ more: z.union([z.string(), z.null()]) })),
  });
  expect(placesOf('made', 'body', schema)).toEqual([
    'made body.age: maximum 9007199254740991',
    'made body.age: minimum -9007199254740991',
    'made body.name: a text without maxLength',
    'made body.tags: a list without maxItems',
    'made body.any: anything at all',
    'made body.deep.*.more: a text without maxLength',
  ]);
});
