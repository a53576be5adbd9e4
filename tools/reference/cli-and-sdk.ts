import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cell, shownBy, testMarks, type TestMark } from './marks/test-marks.js';

/** The table rule → the tests that prove it, from the `@rule` marks above tests. A rule without a test is an error. */
export function files({ root }: { root: string }): Record<string, string> {
  const sections = readFileSync(join(root, 'docs/spec/cli-and-sdk.md'), 'utf8')
    .split(/^(?=##)/m)
    .slice(1);
  const rules = sections.flatMap(rulesOf);
  const marks = testMarks(root, 'rule').flatMap((mark) =>
    mark.text.split(',').map((number): Mark => ({ ...mark, rule: number.trim() })),
  );
  for (const { rule, file } of marks)
    if (!rules.some(({ number }) => number === rule))
      throw new Error(`${file}: docs/spec/cli-and-sdk.md has no ${rule}`);
  const bare = rules.filter(({ number }) => !marks.some(({ rule }) => rule === number));
  if (bare.length > 0) throw new Error(`No test is marked with @rule ${bare.map(({ number }) => number).join(', ')}.`);
  const lines = [
    '# Logging in and staying logged in: the rules and their proof',
    '',
    'Generated from the `@rule` marks above the tests by `npm run docs`. The rules are in',
    '[docs/spec/cli-and-sdk.md](../spec/cli-and-sdk.md). A rule without a test stops the generation.',
    '',
    `${rules.length} rules.`,
    '',
    ...sections.flatMap((text) => table(text, marks)),
  ];
  return { 'docs/reference/cli-and-sdk.md': `${lines.join('\n')}\n` };
}

interface Rule {
  readonly number: string;
  readonly words: string;
}

type Mark = TestMark & { readonly rule: string };

function rulesOf(section: string): readonly Rule[] {
  return [...section.matchAll(/^- \*\*(\d+\.\d+)\*\* (.+)$/gm)].map(([, number = '', words = '']) => ({
    number,
    words,
  }));
}

function table(section: string, marks: readonly Mark[]): readonly string[] {
  const [title = ''] = section.split('\n');
  const rows = rulesOf(section).map(({ number, words }) => {
    const shown = marks.filter(({ rule }) => rule === number).map(shownBy);
    return `| ${number} | ${cell(words)} | ${[...new Set(shown)].map(cell).join('<br>')} |`;
  });
  return rows.length === 0 ? [title, ''] : [title, '', '| # | rule | shown by |', '|---|---|---|', ...rows, ''];
}
