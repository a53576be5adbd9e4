import { oneLine } from './plain-text.js';

/** Rows for people and for pipes: a boxed table on a terminal, whose cells are cut where it is narrow, and tab-separated whole values in a pipe. */

export interface Column<Row> {
  readonly title: string;
  /** `now` is for times that are told from it. */
  readonly cell: (row: Row, now: Date) => string;
  /** What a pipe gets in its place. */
  readonly whole?: (row: Row) => string;
  /** May be cut down to this many characters when the terminal is narrow. Without it the column is cut last. */
  readonly shrinksTo?: number;
  /** Left out first when the terminal is narrow, the last one before the others. */
  readonly optional?: true;
}

export interface TablePlace {
  /** The width to keep to; `undefined` in a pipe. */
  readonly columns: number | undefined;
  readonly now: Date;
}

/** Prints rows. In a pipe every value is whole and every row one line. Answers lines. */
export async function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width, now }: TablePlace,
): Promise<readonly string[]> {
  if (width === undefined)
    return rows.map((row) => columns.map(({ cell, whole }) => oneLine(whole ? whole(row) : cell(row, now))).join('\t'));
  const { default: Table } = await import('cli-table3');
  const drawing = { rows, width, now };
  const whole = fitLines(drawBox(Table, columns, drawing), width);
  if (whole) return whole;
  const attempts = narrower(columns);
  for (const attempt of width < CARDS_BELOW ? attempts.slice(0, -2) : attempts) {
    const drawn = draw(Table, attempt, drawing);
    if (drawn) return drawn;
  }
  return cards(columns, rows, now);
}

/** A narrower terminal has no room for a table of any use. */
const CARDS_BELOW = 60;
const NARROWEST = 6;

/** What to try, one after the other: without what is optional, then with every cell cut but the first, which tells the rows apart. */
function narrower<Row>(columns: readonly Column<Row>[]): readonly (readonly Column<Row>[])[] {
  const optional = columns.filter((column) => column.optional);
  const fewer = optional.map((_, index) => {
    const dropped = optional.slice(optional.length - index - 1);
    return columns.filter((column) => !dropped.includes(column));
  });
  const needed = columns.filter((column) => !column.optional);
  const cut = (column: Column<Row>) => ({ ...column, shrinksTo: Math.min(column.shrinksTo ?? NARROWEST, NARROWEST) });
  return [columns, ...fewer, needed.map((column, index) => (index === 0 ? column : cut(column))), needed.map(cut)];
}

type TableConstructor = typeof import('cli-table3');

interface Drawing<Row> {
  readonly rows: readonly Row[];
  readonly width: number;
  readonly now: Date;
}

// The library knows how wide characters are; drawing once without limits tells how wide each column wants to be.
function draw<Row>(
  Table: TableConstructor,
  columns: readonly Column<Row>[],
  drawing: Drawing<Row>,
): readonly string[] | undefined {
  const natural = drawBox(Table, columns, drawing);
  const fits = fitLines(natural, drawing.width);
  if (fits) return fits;
  const widths = (natural[0] ?? '')
    .split(/[┌┬┐]/)
    .slice(1, -1)
    .map((part) => part.length);
  const excess = (natural[0] ?? '').length - drawing.width;
  const shrunk = shrink(widths, columns, excess);
  return shrunk && drawBox(Table, columns, drawing, shrunk);
}

function fitLines(lines: readonly string[], width: number): readonly string[] | undefined {
  return (lines[0] ?? '').length <= width ? lines : undefined;
}

function drawBox<Row>(
  Table: TableConstructor,
  columns: readonly Column<Row>[],
  { rows, now }: Pick<Drawing<Row>, 'rows' | 'now'>,
  widths?: readonly number[],
): readonly string[] {
  const box = new Table({
    head: columns.map(({ title }) => title),
    style: { head: [], border: [], compact: true },
    ...(widths ? { colWidths: [...widths] } : {}),
  });
  for (const row of rows) box.push(columns.map(({ cell }) => oneLine(cell(row, now))));
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

function cards<Row>(columns: readonly Column<Row>[], rows: readonly Row[], now: Date): readonly string[] {
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...columns.map(({ title, cell }) => `${title}: ${oneLine(cell(row, now))}`),
  ]);
}
