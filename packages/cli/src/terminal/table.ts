import { oneLine } from './plain-text.js';

/** Rows for people and for pipes: a boxed table where it fits, cards where it does not, tab-separated values without a head in a pipe. */

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** A shorter form for narrow terminals. */
  readonly short?: (row: Row) => string;
  /** May be cut down to this many characters when the terminal is narrow. Without it the column is never cut. */
  readonly shrinksTo?: number;
  /** Left out first when the terminal is narrow. */
  readonly optional?: true;
}

export interface TablePlace {
  /** The width to keep to; `undefined` in a pipe. */
  readonly columns: number | undefined;
}

/** Prints rows. In a pipe every value is whole and every row one line. Answers lines. */
export async function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  place: TablePlace,
): Promise<readonly string[]> {
  if (place.columns === undefined) return rows.map((row) => columns.map(({ cell }) => oneLine(cell(row))).join('\t'));
  const { default: Table } = await import('cli-table3');
  const needed = columns.filter(({ optional }) => !optional);
  const short = needed.map((column) => ({ ...column, cell: column.short ?? column.cell }));
  const whole = fitting(boxed(Table, columns, { rows }), place.columns);
  if (whole) return whole;
  for (const attempt of [needed, short]) {
    const drawn = draw(Table, attempt, { rows, width: place.columns });
    if (drawn) return drawn;
  }
  return cards(columns, rows);
}

type TableConstructor = typeof import('cli-table3');

interface Drawing<Row> {
  readonly rows: readonly Row[];
  readonly width: number;
}

// The library knows how wide characters are; drawing once without limits tells how wide each column wants to be.
function draw<Row>(
  Table: TableConstructor,
  columns: readonly Column<Row>[],
  drawing: Drawing<Row>,
): readonly string[] | undefined {
  const natural = boxed(Table, columns, drawing);
  const fits = fitting(natural, drawing.width);
  if (fits) return fits;
  const widths = (natural[0] ?? '')
    .split(/[┌┬┐]/)
    .slice(1, -1)
    .map((part) => part.length);
  const excess = (natural[0] ?? '').length - drawing.width;
  const shrunk = shrink(widths, columns, excess);
  return shrunk && boxed(Table, columns, drawing, shrunk);
}

function fitting(lines: readonly string[], width: number): readonly string[] | undefined {
  return (lines[0] ?? '').length <= width ? lines : undefined;
}

function boxed<Row>(
  Table: TableConstructor,
  columns: readonly Column<Row>[],
  { rows }: Pick<Drawing<Row>, 'rows'>,
  widths?: readonly number[],
): readonly string[] {
  const box = new Table({
    head: columns.map(({ title }) => title),
    style: { head: [], border: [], compact: true },
    ...(widths ? { colWidths: [...widths] } : {}),
  });
  for (const row of rows) box.push(columns.map(({ cell }) => oneLine(cell(row))));
  return box.toString().split('\n');
}

// Takes what is too much from the widest column that may give, one character at a time, so that all end about equal.
function shrink<Row>(
  widths: readonly number[],
  columns: readonly Column<Row>[],
  excess: number,
): readonly number[] | undefined {
  const result = [...widths];
  for (let rest = excess; rest > 0; rest -= 1) {
    const spare = result.map((width, index) => width - 2 - (columns[index]?.shrinksTo ?? Number.POSITIVE_INFINITY));
    const widest = Math.max(...spare);
    if (widest <= 0) return undefined;
    const index = spare.indexOf(widest);
    result[index] = (result[index] ?? 0) - 1;
  }
  return result;
}

function cards<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...columns.map(({ title, cell }) => `${title}: ${oneLine(cell(row))}`),
  ]);
}
