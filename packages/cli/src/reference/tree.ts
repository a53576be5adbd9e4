import { type Command, type Group, isGroup } from '../program/command.js';
import { commonOptionsOf, COMMON_OPTIONS, optionLines, type Path } from '../program/help.js';
import { wrap } from '../terminal/wrap.js';

/**
 * The whole command tree as a drawing: what `authly --commands` prints. In a pipe every option is a leaf with its description; on a
 * terminal the names of the options have to do, so that a group is one screen. @spec surface §2.1
 */
export function treeText(root: Group, columns: number | undefined): string {
  const lines = [{ text: root.name, description: '' }, ...branches(root, { path: [root.name], indent: '', columns })];
  const described = lines.filter(({ description }) => description !== '');
  const column = Math.max(...described.map(({ text }) => text.length)) + 2;
  const drawn = lines.map(({ text, description }) =>
    description === '' ? text : cut(`${text.padEnd(column)}# ${description}`, columns ?? Number.POSITIVE_INFINITY),
  );
  const common = COMMON_OPTIONS.map(({ flags }) => flags).join(', ');
  const footer = columns === undefined ? [] : ['', ...wrap(`Every admin command takes: ${common}`, columns)];
  return ['Authly CLI Commands', '='.repeat(40), '', ...drawn, ...footer, ''].join('\n');
}

interface Line {
  readonly text: string;
  readonly description: string;
}

interface Drawing {
  readonly path: Path;
  readonly indent: string;
  readonly columns: number | undefined;
}

function branches(node: Command | Group, { path, indent, columns }: Drawing): readonly Line[] {
  if (!isGroup(node))
    return columns === undefined ? optionLeaves(node, path, indent) : optionNames(node, indent, columns);
  const sorted = [...node.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((child, index) => {
    const last = index === sorted.length - 1;
    const line = { text: `${indent}${last ? '└── ' : '├── '}${child.name}`, description: cut(child.summary, 100) };
    const below = { path: [...path, child.name], indent: `${indent}${last ? '    ' : '│   '}`, columns };
    return [line, ...branches(child, below)];
  });
}

function optionLeaves(command: Command, path: Path, indent: string): readonly Line[] {
  const options = [...optionLines(command), ...commonOptionsOf(path)].filter(({ flags }) => flags !== '--help');
  return options.map(({ flags, description }, index) => ({
    text: `${indent}${index === options.length - 1 ? '└── ' : '├── '}${flags}`,
    description: cut(description, 80),
  }));
}

/** One line: as many names as there is room for, and how many more. */
function optionNames(command: Command, indent: string, columns: number): readonly Line[] {
  const names = optionLines(command)
    .map(({ flags }) => /--[\w-]+/.exec(flags)?.[0] ?? '')
    .filter((name) => name !== '--help');
  const room = columns - indent.length - ' +99'.length;
  let shown = 0;
  for (let length = 0; shown < names.length; shown += 1) {
    length += (names[shown]?.length ?? 0) + 1;
    if (length > room) break;
  }
  const more = shown < names.length ? ` +${names.length - shown}` : '';
  return names.length === 0 ? [] : [{ text: `${indent}${names.slice(0, shown).join(' ')}${more}`, description: '' }];
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}
