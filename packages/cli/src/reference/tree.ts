import { type Command, type Group, isGroup } from '../program/command.js';
import { optionLines, type Path } from '../program/help.js';

/** The whole command tree as a drawing: what `authly --commands` prints. @spec surface §2.1 */
export function treeText(root: Group): string {
  const lines = [{ text: root.name, description: '' }, ...branches(root, [root.name], '')];
  const column = Math.max(...lines.map(({ text }) => text.length)) + 2;
  const drawn = lines.map(({ text, description }) =>
    description === '' ? text : `${text.padEnd(column)}# ${description}`,
  );
  return ['Authly CLI Commands', '='.repeat(40), '', ...drawn, ''].join('\n');
}

interface Line {
  readonly text: string;
  readonly description: string;
}

function branches(node: Command | Group, path: Path, indent: string): readonly Line[] {
  if (!isGroup(node)) {
    return connected(
      optionLines(node, path)
        .filter(({ flags }) => flags !== '--help')
        .map(({ flags, description }) => ({ text: flags, description: cut(description, 80), below: [] })),
      indent,
    );
  }
  const sorted = [...node.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
  return connected(
    sorted.map((child) => ({
      text: child.name,
      description: cut(child.summary, 100),
      below: (inner: string) => branches(child, [...path, child.name], inner),
    })),
    indent,
  );
}

interface Branch extends Line {
  readonly below: ((indent: string) => readonly Line[]) | readonly [];
}

function connected(list: readonly Branch[], indent: string): readonly Line[] {
  return list.flatMap(({ text, description, below }, index) => {
    const last = index === list.length - 1;
    const inner = typeof below === 'function' ? below(`${indent}${last ? '    ' : '│   '}`) : [];
    return [{ text: `${indent}${last ? '└── ' : '├── '}${text}`, description }, ...inner];
  });
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
