import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cell, shownBy, testMarks, type TestMark } from './marks/test-marks.js';

/** The table attack → the tests that prove that it fails, from the `@attack` marks above tests. */
export function files({ root }: { root: string }): Record<string, string> {
  const sections = readFileSync(join(root, 'docs/spec/attacks.md'), 'utf8').split(/^## /m).slice(1);
  const marks = testMarks(root, 'attack').map((mark) => ({ ...mark, attack: nameIn(mark.text) }));
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

type Mark = TestMark & { readonly attack: string };

/** `@attack NAME (ID)` */
function nameIn(text: string): string {
  return /^([^(]+?) \(/.exec(text)?.[1] ?? text;
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
    const shown = marks.filter(({ attack }) => attack === name).map(shownBy);
    return `| ${name} | ${ids} | ${cell(words)} | ${[...new Set(shown)].map(cell).join('<br>')} |`;
  });
  return [`## ${title}`, '', '| attack | where it was | what happened | shown by |', '|---|---|---|---|', ...rows, ''];
}
