import type { Column } from './table.js';
import { fromNow, isoTime } from './time.js';

type Time = string | null | undefined;

/** A column of times: how long ago for people, the time itself for programs. */
export function timeColumn<Row>(
  title: string,
  time: (row: Row) => Time,
  { none = '-', ...more }: { readonly optional?: true; readonly none?: string } = {},
): Column<Row> {
  const isNever = (row: Row) => time(row) === null || time(row) === undefined;
  return {
    title,
    cell: (row, now) => (isNever(row) ? none : fromNow(time(row), now)),
    whole: (row) => (isNever(row) ? none : isoTime(time(row))),
    ...more,
  };
}
