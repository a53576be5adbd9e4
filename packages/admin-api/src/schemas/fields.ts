import { z } from 'zod';

/** Field rules that several bodies share, with refusals that tell people what to change. */

/** A field that may be missing or null; both mean "not given". Existing clients send every key they know. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A field that may be missing or null; both mean the default. */
export function defaulted<T extends z.ZodType>(schema: T, value: z.output<T>) {
  return schema.nullish().transform((given) => given ?? value);
}

/** A field of a change: missing leaves it, null clears it. */
export function clearable<T extends z.ZodType>(schema: T) {
  return schema.nullable().optional();
}

/** Text without control characters: it ends up in logs, terminals and e-mails. */
export function text(name: string, max: number, min = 0) {
  return z
    .string({ error: `${name} must be text` })
    .min(min, min === 1 ? `${name} must not be empty` : `${name} must be at least ${min} characters long`)
    .max(max, `${name} must be at most ${max} characters long`)
    .refine((value) => !CONTROL.test(value), `${name} must not contain control characters`);
}

/** Text of several lines, such as an address on a letter. */
export function lines(name: string, max: number) {
  return z
    .string({ error: `${name} must be text` })
    .max(max, `${name} must be at most ${max} characters long`)
    .refine((value) => !CONTROL.test(value.replace(/\r?\n/g, '')), `${name} must not contain control characters`);
}

/** An address that a page may link to: http or https and nothing that runs. */
export function webUri(name: string) {
  return z
    .string({ error: `${name} must be text` })
    .max(2000, `${name} must be at most 2000 characters long`)
    .refine((value) => isWebUri(value, ['https:', 'http:']), `${name} must be an http or https URL`);
}

/** An address that the server or a browser will call with something worth protecting. */
export function httpsUri(name: string) {
  return z
    .string({ error: `${name} must be text` })
    .max(2000, `${name} must be at most 2000 characters long`)
    .refine((value) => isWebUri(value, ['https:']), `${name} must be an https URL`);
}

/** The largest number that an `integer` column holds. */
export const LARGEST_INTEGER = 2_147_483_647;

/** A time on the wire: RFC 3339 with an offset. */
export const time = z.iso.datetime({ offset: true });

/** A time in a query: a date, or a date and time with or without offset (then UTC). Answers RFC 3339 in UTC. */
export const queryTime = z
  .string()
  .max(40, 'must be an ISO 8601 date or time')
  .refine(
    (value) => QUERY_TIME.test(value) && !Number.isNaN(Date.parse(withOffset(value))),
    'must be an ISO 8601 date or time',
  )
  .transform((value) => new Date(withOffset(value)).toISOString())
  .optional();

/** A flag in a query. */
export const queryFlag = z
  .enum(['true', 'false', '1', '0', 'True', 'False'], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1' || value === 'True')
  .optional();

/** A number of entries to answer. */
export function queryLimit(max: number, fallback: number) {
  return z.coerce
    .number({ error: 'limit must be a number' })
    .int('limit must be a whole number')
    .min(1, 'limit must be at least 1')
    .max(max, `limit must be at most ${max}`)
    .default(fallback);
}

/** A number of entries to leave out. */
export function queryOffset(
  name: 'offset' | 'skip',
  { max, beyond } = { max: LARGEST_INTEGER, beyond: `${name} is too large` },
) {
  return z.coerce
    .number({ error: `${name} must be a number` })
    .int(`${name} must be a whole number`)
    .min(0, `${name} must not be negative`)
    .max(max, beyond)
    .default(0);
}

const scopeText = z.string().max(10_000);

/** Scope tokens as people send them: one string with spaces, or an array of such strings. */
export const scopeInput = z
  .union([scopeText, z.array(scopeText).max(200)], {
    error: 'scopes must be text, or an array of at most 200 texts, of at most 10000 characters each',
  })
  .transform((value) =>
    [...new Set([value].flat().flatMap((part) => part.split(/\s+/)))].filter((scope) => scope !== ''),
  )
  .refine((scopes) => scopes.every((scope) => SCOPE.test(scope)), 'a scope holds a character that is not allowed');

/** Page information of lists that answer an object. */
export const pageInfo = z.object({
  skip: z.int(),
  limit: z.int(),
  has_next: z.boolean(),
  has_previous: z.boolean(),
  current_page: z.int(),
  total_pages: z.int(),
});

/** What an operation without a richer answer says. */
export const message = z.string();

/** Controls, and marks that turn the direction of what follows them: with those one name can be made to read as another. @spec UAX #9 §2.1, §2.2 */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const QUERY_TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[ +-]\d{2}:?\d{2})?)?$/;

function withOffset(value: string): string {
  // In a query string an unescaped "+" arrives as a space: 10:00:00 02:00 means 10:00:00+02:00.
  const whole = value.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T').replace(/ (\d{2}:?\d{2})$/, '+$1');
  return !whole.includes('T') || /(?:Z|[+-]\d{2}:?\d{2})$/.test(whole) ? whole : `${whole}Z`;
}

function isWebUri(value: string, protocols: readonly string[]): boolean {
  if (CONTROL.test(value) || /[\s<>"'`\\]/.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return protocols.includes(url.protocol) && url.username === '' && url.password === '';
}
