/** Statements put together from conditions, each with its own values. */
import type { Statement } from '../../../sql.js';

type Value = Statement['values'][number];

/** A piece of SQL, with a question mark for each value. */
export interface Piece {
  readonly text: string;
  readonly values: readonly Value[];
}

export function piece(text: string, ...values: readonly Value[]): Piece {
  return { text, values };
}

export function joined(pieces: readonly Piece[], separator: string): Piece {
  return { text: pieces.map(({ text }) => text).join(separator), values: pieces.flatMap(({ values }) => values) };
}

/** `where` and the conditions, or nothing. */
export function where(conditions: readonly Piece[]): Piece {
  return conditions.length === 0 ? piece('') : joined([piece('where'), joined(conditions, ' and ')], ' ');
}

/** Without a name: each is planned for its own values, since what is quick for a rare name is slow for a common one. */
export function statement(...pieces: readonly Piece[]): Statement {
  const { text, values } = joined(pieces, ' ');
  let count = 0;
  const numbered = text.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
  return { name: '', text: numbered, values: [...values] };
}
