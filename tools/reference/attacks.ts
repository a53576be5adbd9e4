import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The table attack → the tests that prove that it fails, from the `@attack` marks above tests. */
export function files({ root }: { root: string }): Record<string, string> {
  const sections = readFileSync(join(root, 'docs/spec/attacks.md'), 'utf8').split(/^## /m).slice(1);
  const marks = ['packages', 'e2e'].flatMap((folder) => marksBelow(root, folder));
  const attacks = sections.flatMap(attacksOf);
  for (const { attack, file } of marks)
    if (!attacks.some(({ name }) => name === attack)) throw new Error(`${file}: docs/spec/attacks.md has no ${attack}`);
  const proven = attacks.filter(({ name }) => marks.some(({ attack }) => attack === name)).length;
  const lines = [
    '# Attacks and the tests that prove that they fail',
    '',
    'Generated from the `@attack` marks above the tests by `npm run docs`. The attacks are in',
    '[docs/spec/attacks.md](../spec/attacks.md). An attack without a test is not claimed.',
    '',
    `${proven} of ${attacks.length} attacks have a test.`,
    '',
    ...sections.flatMap((text) => table(text, marks)),
  ];
  return { 'docs/reference/attacks.md': `${lines.join('\n')}\n` };
}

interface Attack {
  readonly name: string;
  readonly ids: string;
  readonly words: string;
}

interface Mark {
  readonly file: string;
  readonly attack: string;
  /** The test's sentence. */
  readonly title: string;
}

function attacksOf(section: string): readonly Attack[] {
  return [...section.matchAll(/^- \*\*(.+?)\*\* \((.+?)\): (.+)$/gm)].map(([, name = '', ids = '', words = '']) => ({
    name,
    ids,
    words,
  }));
}

function table(section: string, marks: readonly Mark[]): readonly string[] {
  const [title = ''] = section.split('\n');
  const rows = attacksOf(section).map(({ name, ids, words }) => {
    const shown = marks
      .filter(({ attack }) => attack === name)
      .map(({ file, title: sentence }) => `[${file.split('/').slice(-2).join('/')}](../../${file}): ${sentence}`);
    return `| ${name} | ${ids} | ${cell(words)} | ${[...new Set(shown)].map(cell).join('<br>')} |`;
  });
  return [`## ${title}`, '', '| attack | where it was | what happened | shown by |', '|---|---|---|---|', ...rows, ''];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function marksBelow(root: string, folder: string): readonly Mark[] {
  return filesBelow(join(root, folder))
    .filter((path) => /\.tsx?$/.test(path) && (folder === 'e2e' || path.includes('/test/')))
    .flatMap((path) => {
      const lines = readFileSync(path, 'utf8').split('\n');
      return lines.flatMap((line, index) => {
        const attack = /\/\/ @attack ([^(]+?) \(/.exec(line)?.[1];
        if (attack === undefined) return [];
        const title = titleAfter(lines, index);
        if (title === undefined) throw new Error(`${path}:${index + 1}: no test below the mark`);
        return [{ file: relative(root, path), attack, title }];
      });
    })
    .sort((left, right) => left.file.localeCompare(right.file));
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
