import { type ValueType } from './types.js';
import { jsonOf } from './json-values.js';
import type { StatementResult } from './statement.js';

/** The JSON of what a statement gave: its rows, or what it did. */
export function writeAnswer({ columns, rows, tag, isTruncated }: StatementResult, types: readonly ValueType[]): string {
  if (columns === undefined)
    return JSON.stringify({ message: tag, affected_rows: Number(/ (\d+)$/.exec(tag)?.[1] ?? 0) });
  const names = uniqueNames(columns.map(({ name }) => name));
  const keys = names.map((name) => `${JSON.stringify(name)}:`);
  const data = rows.map(
    (row) => `{${row.map((value, at) => (keys[at] ?? '') + jsonOf(value, types[at] ?? TEXT)).join(',')}}`,
  );
  const fields = names.map((name, at) => ({ name, type: (types[at] ?? TEXT).name }));
  return `{"data":[${data.join(',')}],"row_count":${rows.length},"fields":${JSON.stringify(fields)},"truncated":${isTruncated}}`;
}

const TEXT: ValueType = { name: 'text', base: 25, isArray: false };

/** In a JSON object the second of two columns of one name would hide the first. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique); number += 1) unique = `${name}_${number}`;
    taken.add(unique);
    return unique;
  });
}
