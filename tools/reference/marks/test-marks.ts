import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A mark above a test: what is behind the `@` word, and the test's sentence. */
export interface TestMark {
  readonly file: string;
  readonly text: string;
  readonly title: string;
}

/** Every `// @word TEXT` above a test of the packages and of e2e, by file. */
export function testMarks(root: string, word: string): readonly TestMark[] {
  return ['packages', 'e2e']
    .flatMap((folder) => filesBelow(join(root, folder)).filter((path) => isTest(folder, path)))
    .flatMap((path) => marksOf(root, path, word))
    .sort((left, right) => left.file.localeCompare(right.file));
}

/** A link from docs/reference to a test file, and the test's sentence. */
export function shownBy({ file, title }: TestMark): string {
  return `[${file.split('/').slice(-2).join('/')}](../../${file}): ${title}`;
}

/** Text as a cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function isTest(folder: string, path: string): boolean {
  return /\.tsx?$/.test(path) && (folder === 'e2e' || path.includes('/test/'));
}

function marksOf(root: string, path: string, word: string): readonly TestMark[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const text = new RegExp(`^\\s*// @${word} (.+)$`).exec(line)?.[1];
    if (text === undefined) return [];
    const title = titleAfter(lines, index);
    if (title === undefined) throw new Error(`${path}:${index + 1}: no test below the mark`);
    return [{ file: relative(root, path), text: text.trim(), title }];
  });
}

function titleAfter(lines: readonly string[], index: number): string | undefined {
  // The values of `each` can be many lines; the sentence comes after them.
  const text = lines.slice(index + 1, index + 40).join('\n');
  return /^\s*(?:it|test)(?:\.each(?:<[^(]*>)?\([\s\S]*?\))?(?:\s*as[^\n]*?)?\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/m
    .exec(text)
    ?.slice(1)
    .find((part) => part !== undefined)
    ?.replaceAll("\\'", "'");
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
