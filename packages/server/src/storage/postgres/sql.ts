/** SQL written out where it is used, with every value as a parameter and one prepared statement for each text. */
import { createHash } from 'node:crypto';

/** A prepared statement with its values, as `pg` takes it. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: (string | number | boolean | Buffer | null | readonly unknown[])[];
}

type SqlValue = string | number | boolean | bigint | Date | Buffer | readonly unknown[] | undefined | SqlText | SqlJson;

/** Makes a statement from a template; `SqlText` becomes part of the text, everything else a parameter. */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Statement {
  const { name, text } = prepared(strings, values);
  return { name, text, values: values.filter((value) => !(value instanceof SqlText)).map(toParameter) };
}

/** A constant piece of SQL, such as a list of columns, for use inside `sql`. It takes no values. */
export function text(strings: TemplateStringsArray, ...parts: readonly SqlText[]): SqlText {
  return new SqlText(String.raw(strings, ...parts.map((part) => part.text)));
}

/** A statement that is run now and then and cannot have parameters, such as the making of a table. */
export function unprepared({ text }: SqlText): Statement {
  return { name: '', text, values: [] };
}

/** A part of a name made of digits, for tables that are named after a day. */
export function digits(value: string): SqlText {
  if (!/^\d+$/.test(value)) throw new Error('not a row of digits');
  return new SqlText(value);
}

/** A parameter of type json or jsonb. */
export function json(value: unknown): SqlJson | undefined {
  return value === undefined ? undefined : new SqlJson(value);
}

/** A list of times as a parameter. */
export function times(values: readonly Date[]): readonly string[] {
  return values.map((value) => value.toISOString());
}

export class SqlText {
  constructor(readonly text: string) {}
}

class SqlJson {
  constructor(readonly value: unknown) {}
}

interface Prepared {
  readonly parts: readonly SqlText[];
  readonly name: string;
  readonly text: string;
}

const cache = new WeakMap<TemplateStringsArray, Prepared>();

function prepared(strings: TemplateStringsArray, values: readonly SqlValue[]): Prepared {
  const parts = values.filter((value) => value instanceof SqlText);
  const known = cache.get(strings);
  if (known?.parts.every((part, index) => part === parts[index])) return known;
  const made = prepare(strings, values, parts);
  cache.set(strings, made);
  return made;
}

function prepare(strings: readonly string[], values: readonly SqlValue[], parts: readonly SqlText[]): Prepared {
  let parameters = 0;
  const written = strings.map((piece, index) => {
    if (index === 0) return piece;
    const value = values[index - 1];
    if (value instanceof SqlText) return value.text + piece;
    parameters += 1;
    return `$${parameters}${piece}`;
  });
  const text = written.join('').trim();
  return { parts, text, name: `a${createHash('sha256').update(text).digest('base64url').slice(0, 20)}` };
}

function toParameter(value: SqlValue): Statement['values'][number] {
  if (value === undefined) return null;
  if (typeof value === 'string') return storable(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof SqlJson) return storableJson(value.value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof SqlText) throw new Error('a piece of SQL is not a parameter');
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'string' ? storable(item) : (item ?? null)));
  return value as number | boolean | Buffer;
}

// PostgreSQL refuses NUL in text; a request must not be able to cause an error with it
function storable(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}

// jsonb also refuses surrogates without their other half
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

function storableJson(value: unknown): string {
  const written = JSON.stringify(value);
  return UNSTORABLE.test(written) ? JSON.stringify(cleaned(JSON.parse(written))) : written;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(storable(value), 'utf8').toString('utf8');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [String(cleaned(name)), cleaned(item)]));
}
