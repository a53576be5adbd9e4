/** Parameters of a request: each at most once, empty means absent. @spec OAuth 2.1 §3.1, §3.2 */

/** Parameters that a request may repeat. @spec RFC 8707 §2 */
const REPEATABLE = new Set(['resource', 'audience']);

/** What was read from a query string or a form body. */
export interface Parameters {
  /** The single value of each parameter that was there and not empty. */
  readonly values: ReadonlyMap<string, string>;
  /** All values of the parameters that may be repeated. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Names that the specification allows once and that came more often. */
  readonly repeated: readonly string[];
}

/**
 * Sorts name-value pairs into single values, lists and repetitions.
 * Repetitions of names that are not in `known` are ignored, as unknown parameters are.
 */
export function readParameters(pairs: Iterable<readonly [string, string]>, known: ReadonlySet<string>): Parameters {
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const [name, value] of pairs) {
    if (REPEATABLE.has(name)) {
      if (value !== '') lists.set(name, [...(lists.get(name) ?? []), value]);
      continue;
    }
    if (seen.has(name) && known.has(name)) repeated.add(name);
    seen.add(name);
    if (value !== '' && !values.has(name)) values.set(name, value);
  }
  return { values, lists, repeated: [...repeated] };
}
