import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The table check → file that enforces it → test that proves it, from the `@check` marks in code and tests. */
export function files({ root }: { root: string }): Record<string, string> {
  const checks = readFileSync(join(root, 'docs/spec/protocol-checks.md'), 'utf8');
  const sources = marks(root, 'packages', (path) => path.includes('/src/'));
  const tests = [...marks(root, 'packages', (path) => path.includes('/test/')), ...marks(root, 'e2e', () => true)];
  const sections = checks
    .split(/^## /m)
    .slice(1)
    .map((text) => section(text, sources, tests));
  const proven = sections.reduce((sum, one) => sum + one.proven, 0);
  const total = sections.reduce((sum, one) => sum + one.total, 0);
  const head = [
    '# Protocol checks and their proof',
    '',
    'Generated from the `@check` marks in the code and the tests by `npm run docs`. The texts are in',
    '[docs/spec/protocol-checks.md](../spec/protocol-checks.md). A check without a test is not claimed.',
    '',
    `${proven} of ${total} checks have a test.`,
    '',
  ];
  return { 'docs/reference/protocol-checks.md': `${[...head, ...sections.flatMap((one) => one.lines)].join('\n')}\n` };
}

interface Mark {
  readonly file: string;
  readonly numbers: readonly number[];
  /** The test's sentence. */
  readonly title: string | undefined;
}

function section(
  text: string,
  sources: readonly Mark[],
  tests: readonly Mark[],
): { lines: string[]; proven: number; total: number } {
  const [title = '', ...rest] = text.split('\n');
  const rows = rest.map((line) => /^(\d+)\. \*\*(\w)\*\* (.*)$/.exec(line)).filter((row) => row !== null);
  let proven = 0;
  const lines = rows.map(([, number = '', level = '', words = '']) => {
    const of = (marks: readonly Mark[]): readonly Mark[] =>
      marks.filter((mark) => mark.numbers.includes(Number(number)));
    const enforced = [...new Set(of(sources).map((mark) => link(mark.file)))].join('<br>');
    const shown = [
      ...new Set(of(tests).map((mark) => `${link(mark.file)}: ${(mark.title ?? '').replaceAll('|', '\\|')}`)),
    ];
    if (shown.length > 0) proven += 1;
    return `| ${number} | ${level} | ${words.replace(/^\[[^\]]*\] /, '').replaceAll('|', '\\|')} | ${enforced} | ${shown.join('<br>')} |`;
  });
  return {
    lines: [`## ${title}`, '', '| # | | check | enforced in | shown by |', '|---|---|---|---|---|', ...lines, ''],
    proven,
    total: rows.length,
  };
}

function link(file: string): string {
  return `[${file.split('/').slice(-2).join('/')}](../../${file})`;
}

function marks(root: string, folder: string, wanted: (path: string) => boolean): readonly Mark[] {
  return filesBelow(join(root, folder))
    .filter((path) => /\.tsx?$/.test(path) && wanted(path))
    .flatMap((path) => {
      const lines = readFileSync(path, 'utf8').split('\n');
      const numbered = lines.map((line, index) => ({
        index,
        numbers: /@check ([\d, ]+)/
          .exec(line)?.[1]
          ?.split(',')
          .map((part) => Number(part.trim())),
      }));
      return numbered.flatMap(({ index, numbers }) =>
        numbers === undefined ? [] : [{ file: relative(root, path), numbers, title: titleAfter(lines, index) }],
      );
    })
    .sort((left, right) => left.file.localeCompare(right.file));
}

function titleAfter(lines: readonly string[], index: number): string | undefined {
  const text = lines.slice(index + 1, index + 6).join(' ');
  return /\b(?:it|test)(?:\.each\([\s\S]*?\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/
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
