import type { Context } from './context.js';
import { oneLine, safeJson } from './terminal/plain-text.js';
import { type Column, table } from './terminal/table.js';

/** How commands print what they found or did: JSON for programs, words and tables for people. */

/** A line of the form `Label: value`; no line when there is no value. */
export type Field = readonly [label: string, value: string | number | boolean | null | undefined];

export interface Outcome {
  /** What a program gets. */
  readonly json: unknown;
  /** `Client created successfully` */
  readonly done?: string;
  readonly fields?: readonly Field[];
  /** What must not be overlooked, after the fields. */
  readonly warning?: string | undefined;
}

/** Prints what a command did or found about one thing. */
export function printOutcome({ terminal, output }: Context, { json, done, fields = [], warning }: Outcome): void {
  if (output === 'json') return terminal.print(safeJson(json));
  if (done !== undefined) terminal.print(`${terminal.color.green('✓')} ${oneLine(done)}`);
  const lines = fieldLines(fields);
  if (done !== undefined && lines.length > 0) terminal.print();
  for (const line of lines) terminal.print(line);
  if (warning === undefined) return;
  terminal.print();
  terminal.print(terminal.color.yellow(`⚠️  ${oneLine(warning)}`));
}

/** `Label: value` lines, indented when asked. */
export function fieldLines(fields: readonly Field[], indent = ''): readonly string[] {
  return fields
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([label, value]) => `${indent}${label}: ${oneLine(String(value))}`);
}

export interface List<Row> {
  readonly json: unknown;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Below the table, for people only: `Total: 2 clients`. */
  readonly footer: string;
  /** Instead of an empty table. */
  readonly none: string;
}

/** Prints rows: JSON, a table with a footer on a terminal, bare values in a pipe. */
export async function printList<Row>({ terminal, output, clock }: Context, list: List<Row>): Promise<void> {
  const now = clock.now();
  if (output === 'json') return terminal.print(safeJson(list.json));
  if (terminal.columns === undefined) {
    for (const line of await table(list.columns, list.rows, { columns: undefined, now })) terminal.print(line);
    return;
  }
  if (list.rows.length === 0) return terminal.print(list.none);
  for (const line of await table(list.columns, list.rows, { columns: terminal.columns, now })) terminal.print(line);
  terminal.print();
  terminal.print(list.footer);
}

/** A footer that says what is there beyond what is shown, and how to see it. */
export function pageFooter(page: {
  readonly shown: number;
  readonly offset: number;
  readonly total: number;
  readonly noun: string;
}): string {
  const { shown, offset, total, noun } = page;
  const all = `Total: ${total} ${noun}${total === 1 ? '' : 's'}`;
  if (offset === 0 && shown >= total) return all;
  const next = offset + shown < total ? `; next: --offset ${offset + shown}` : '';
  return shown === 0 ? all : `${all} (showing ${offset + 1}-${offset + shown}${next})`;
}
