import { type Piece, piece } from './statement.js';

/**
 * What the index of the directory knows of a part of a text: of one or two letters the part itself; of a longer one the trigrams
 * of its words, and the pairs around each sign that is neither letter nor digit, of which trigrams know nothing. Enough to find
 * little else; what is found is compared with the whole part anyway.
 */
export function partKeys(part: string, column: string): readonly Piece[] {
  if (part === '') return [];
  const parts = `authly_parts(${column})`;
  // Small letters can be more than one letter where the capital is one: then the database takes the part apart.
  if (Buffer.byteLength(part) > part.length)
    return [piece(`${parts} @> array_remove(authly_short_parts(lower(?)), '')`, part)];
  const keys = part.length <= 2 ? [pair(part)] : [...signPairs(part), ...words(part).flatMap(wordKeys)];
  return [piece(`${parts} @> lower(?)::text[]`, [...new Set(keys)])];
}

function signPairs(part: string): readonly string[] {
  const pairs = Array.from({ length: part.length - 1 }, (_, index) => part.slice(index, index + 2));
  return pairs.filter((two) => !WORD.test(two)).map(pair);
}

function words(part: string): readonly string[] {
  return part.split(/[^a-z0-9]+/i).filter((word) => word.length > 1);
}

/** Trigrams side by side, and the last one: those between say nothing new, and each costs time. */
function wordKeys(word: string): readonly string[] {
  if (word.length === 2) return [word];
  const starts = Array.from({ length: Math.floor(word.length / 3) }, (_, index) => 3 * index);
  return [...starts, word.length - 3].map((start) => word.slice(start, start + 3));
}

const WORD = /^[a-z0-9]+$/i;

/** The index keeps no pair with the sign that it takes texts apart at. */
function pair(letters: string): string {
  return letters.length === 1 ? letters : letters.replaceAll('\u0001', ' ');
}
