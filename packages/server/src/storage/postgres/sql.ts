/** SQL written out where it is used, with every value as a parameter and one prepared statement for each text. */
import { createHash } from 'node:crypto';

type Parameter = string | number | boolean | Buffer | null | readonly unknown[];

/** A prepared statement with its values, as `pg` takes it; inside `sql`, a part of another statement. */
export interface Statement {
  /** Without a name a statement is planned anew each time, for the values that it has then. */
  readonly name: string;
  readonly text: string;
  readonly values: Parameter[];
  /** The text before, between and after the values. */
  readonly pieces: readonly string[];
}

type SqlValue =
  | string
  | number
  | boolean
  | bigint
  | Date
  | Buffer
  | readonly unknown[]
  | undefined
  | SqlText
  | SqlJson
  | Statement;

/**
 * Makes a statement from a template. A constant piece (`text`) and another statement become part of it, everything else a
 * parameter.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Statement {
  const known = cache.get(strings);
  const constants = values.filter((value) => value instanceof SqlText);
  if (known !== undefined && !values.some(isStatement) && known.constants.every((one, at) => one === constants[at]))
    return { ...known.statement, values: values.filter((value) => !(value instanceof SqlText)).map(toParameter) };
  const { pieces, parameters } = flatten(strings, values);
  const text = pieces.reduce((written, piece, index) => `${written}$${index}${piece}`).trim();
  const name = known?.statement.text === text ? known.statement.name : nameOf(text);
  const statement = { name, text, values: parameters, pieces };
  cache.set(strings, { constants, statement });
  return statement;
}

/** A constant piece of SQL, such as a list of columns, for use inside `sql`. It takes no values. */
export function text(strings: TemplateStringsArray, ...parts: readonly SqlText[]): SqlText {
  return new SqlText(String.raw(strings, ...parts.map((part) => part.text)));
}

/** Conditions that must all be met; none is met by everything. */
export function all(conditions: readonly Statement[]): Statement {
  return conditions.reduce((met, condition) => sql`${met} and ${condition}`, sql`true`);
}

/** A statement that is planned for the values that it has: lists whose filters differ, and the making of tables. */
export function skipPreparing(statement: Statement): Statement {
  return { ...statement, name: '' };
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
  return values.map(writtenTime);
}

export class SqlText {
  constructor(readonly text: string) {}
}

class SqlJson {
  constructor(readonly value: unknown) {}
}

const cache = new WeakMap<
  TemplateStringsArray,
  { readonly constants: readonly SqlText[]; readonly statement: Statement }
>();

function isStatement(value: SqlValue): value is Statement {
  return typeof value === 'object' && 'pieces' in value;
}

function flatten(
  strings: readonly string[],
  values: readonly SqlValue[],
): { readonly pieces: readonly string[]; readonly parameters: Parameter[] } {
  const pieces: string[] = [strings[0] ?? ''];
  const parameters: Parameter[] = [];
  const append = (piece = ''): void => void pieces.push((pieces.pop() ?? '') + piece);
  for (const [index, value] of values.entries()) {
    if (value instanceof SqlText) append(value.text);
    else if (isStatement(value)) {
      append(value.pieces[0]);
      pieces.push(...value.pieces.slice(1));
      parameters.push(...value.values);
    } else {
      parameters.push(toParameter(value));
      pieces.push('');
    }
    append(strings[index + 1]);
  }
  return { pieces, parameters };
}

function nameOf(text: string): string {
  return `a${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`;
}

function toParameter(value: SqlValue): Parameter {
  if (value === undefined) return null;
  if (typeof value === 'string') return replaceUnstorable(value);
  if (value instanceof Date) return writtenTime(value);
  if (value instanceof SqlJson) return storableJson(value.value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof SqlText || isStatement(value)) throw new Error('a piece of SQL is not a parameter');
  if (Array.isArray(value))
    return value.map((item) => (typeof item === 'string' ? replaceUnstorable(item) : (item ?? null)));
  return value as number | boolean | Buffer;
}

/** PostgreSQL reads ISO 8601 in the years 1 to 9999 alone. Of what lies outside it has to know no more than that. */
function writtenTime(time: Date): string {
  const year = time.getUTCFullYear();
  if (year < 1) return '-infinity';
  return year > 9999 ? 'infinity' : time.toISOString();
}

// PostgreSQL refuses NUL in text; a request must not be able to cause an error with it
function replaceUnstorable(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}

// jsonb also refuses surrogates without their other half
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

function storableJson(value: unknown): string {
  const written = JSON.stringify(value);
  return UNSTORABLE.test(written) ? JSON.stringify(cleanValue(JSON.parse(written))) : written;
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(replaceUnstorable(value), 'utf8').toString('utf8');
  if (Array.isArray(value)) return value.map(cleanValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [String(cleanValue(name)), cleanValue(item)]));
}
