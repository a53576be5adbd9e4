/** Breaking lines at the ends of words. */

/** Breaks a text so that no line is wider than this; a word that is wider keeps a line to itself. `indent` begins every line but the first. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  return fill(text.split(' '), { width, indent, ending: '' });
}

/** Breaks a line of the shell so that it can be copied as it stands: at spaces outside of quotes, with a backslash. */
export function wrapCommand(line: string, width: number, indent: string): readonly string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\S)+|\s{2,}/g) ?? [];
  return line.length <= width ? [line] : fill(words, { width: width - 2, indent, ending: ' \\' });
}

function fill(
  words: readonly string[],
  { width, indent, ending }: { readonly width: number; readonly indent: string; readonly ending: string },
): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of words) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || longer.length <= width || line.trim() === '') line = longer;
    else {
      lines.push(`${line}${ending}`);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line ?? ''];
}
