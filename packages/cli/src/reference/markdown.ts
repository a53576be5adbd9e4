import { EXIT_MEANINGS } from '../errors/exit-code.js';
import { settings } from '../config/settings.js';
import { type Command, type Group, isGroup, type Section } from '../program/command.js';
import {
  argumentWords,
  COMMON_OPTIONS,
  hasCommonOptions,
  optionLines,
  type Path,
  ROOT_OPTIONS,
} from '../program/help.js';
import { ENVIRONMENT } from './environment.js';
import { walk } from './walk.js';

/** `docs/reference/cli.md`, from the command tree. Pure: the same tree gives the same text. */
export function markdownReference(root: Group): string {
  const nodes = walk(root).slice(1);
  return [
    '# The `authly` command',
    '',
    '<!-- Generated from the command tree by `npm run docs`. Do not edit. -->',
    '',
    root.summary,
    '',
    '## Global options',
    '',
    ...rows(
      ['Option', 'Meaning'],
      ROOT_OPTIONS.map(({ flags, description }) => [code(flags), description]),
    ),
    '',
    '## Common options',
    '',
    'Every command below `authly admin` takes them, before or after its name.',
    '',
    ...rows(
      ['Option', 'Meaning'],
      COMMON_OPTIONS.map(({ flags, description }) => [code(flags), description]),
    ),
    '',
    ...nodes.flatMap(({ node, path }) => (isGroup(node) ? groupPart(node, path) : commandPart(node, path))),
    '## Configuration',
    '',
    'A flag wins over the environment, the environment over `~/.authly/config.toml`, the file over the default. `authly admin auth info`',
    'shows where every value came from.',
    '',
    ...rows(
      ['Key in config.toml', 'Environment', 'Flag', 'Default', 'Meaning'],
      Object.values(settings).map((setting) => [
        code(setting.file),
        setting.env.map(code).join(', '),
        'flag' in setting ? code(setting.flag) : '',
        code(String(setting.default)),
        setting.description,
      ]),
    ),
    '',
    '## Environment',
    '',
    ...rows(
      ['Variable', 'Meaning'],
      ENVIRONMENT.map(([name, meaning]) => [code(name), meaning]),
    ),
    '',
    '## Exit codes',
    '',
    ...rows(
      ['Code', 'Meaning'],
      EXIT_MEANINGS.map(([exit, meaning]) => [String(exit), meaning]),
    ),
    '',
  ].join('\n');
}

function groupPart(group: Group, path: Path): readonly string[] {
  return [
    `${'#'.repeat(Math.min(path.length, 3))} \`${path.join(' ')}\``,
    '',
    group.summary,
    '',
    ...rows(
      ['Command', 'Meaning'],
      group.commands.map(({ name, summary }) => [code(name), summary]),
    ),
    '',
  ];
}

function commandPart(command: Command, path: Path): readonly string[] {
  const examples = command.sections.filter(({ title }) => title === 'Examples');
  const others = command.sections.filter(({ title }) => title !== 'Examples' && title !== 'Exit Codes');
  return [
    `${'#'.repeat(Math.min(path.length, 4))} \`${path.join(' ')}\``,
    '',
    command.summary,
    ...(command.description.length > 0 ? ['', ...command.description] : []),
    '',
    '```',
    [...path, '[OPTIONS]', ...argumentWords(command)].join(' '),
    '```',
    '',
    ...rows(
      ['Option', 'Meaning'],
      optionLines(command).map(({ flags, description }) => [code(flags), description]),
    ),
    '',
    ...(hasCommonOptions(path) ? ['And the [common options](#common-options).', ''] : []),
    ...examples.flatMap(({ lines }) => ['```bash', ...lines.map((line) => line.replace(/^\$ /, '')), '```', '']),
    ...others.flatMap(sectionPart),
  ];
}

function sectionPart({ title, lines }: Section): readonly string[] {
  return [`**${title}**`, '', '```', ...lines, '```', ''];
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): readonly string[] {
  return [row(head), row(head.map(() => '---')), ...body.map(row)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
