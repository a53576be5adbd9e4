/** One text with spaces or commas, or several texts, or both: the guide uses each. */
export function wordsOf(given: readonly string[]): readonly string[] {
  return given.flatMap((part) => part.split(/[\s,]+/)).filter((word) => word !== '');
}
