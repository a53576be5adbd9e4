import { describe, expect, test } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import { helpText } from '../../src/program/help.js';
import { treeText } from '../../src/reference/tree.js';
import { walk } from '../../src/reference/walk.js';
import { wrapCommand } from '../../src/terminal/wrap.js';

function help(...path: readonly string[]): string {
  const found = walk(commandTree).find((placed) => placed.path.join(' ') === ['authly', ...path].join(' '));
  if (!found) throw new Error(`no command ${path.join(' ')}`);
  return helpText(found.node, found.path);
}

describe('help', () => {
  test('of client create says what the guide shows', () => {
    const text = help('admin', 'client', 'create').replaceAll(/\s+/g, ' ');
    for (const line of [
      'Usage: authly admin client create [OPTIONS]',
      'Create a new OAuth 2.1 client.',
      "Public clients (SPAs, mobile) don't receive a secret.",
      'Confidential clients (backend) receive a client secret.',
      '# Create a public client for a React SPA',
      '$ authly admin client create --name "My React App" --type public \\',
      '--name TEXT Client name [required]',
      '--type [public|confidential] Client type [required]',
      '--redirect-uri TEXT Redirect URI (can be specified multiple times); needed unless',
      '--scope TEXT Default scopes (space-separated',
      '--help Show this message and exit.',
    ])
      expect(text).toContain(line);
  });

  test('has the sections that people look for', () => {
    const sections: readonly (readonly [readonly string[], readonly string[]])[] = [
      [
        ['admin', 'client'],
        ['Commands:', 'Client Types:', 'Common Commands:'],
      ],
      [
        ['admin', 'scope'],
        ['Commands:', 'Common Commands:'],
      ],
      [
        ['admin', 'client', 'create'],
        ['Examples:', 'Options:', 'Authentication Methods:', 'Security Notes:'],
      ],
      [['admin', 'client', 'list'], ['Table Columns:']],
      [['admin', 'client', 'show'], ['Exit Codes:']],
      [['admin', 'client', 'update'], ['Limitations:']],
      [
        ['admin', 'client', 'delete'],
        ['Effects:', 'Notes:'],
      ],
      [
        ['admin', 'client', 'regenerate-secret'],
        ['Important:', 'Security Best Practices:'],
      ],
      [['admin', 'scope', 'defaults'], ['Use Cases:']],
      [
        ['admin', 'auth', 'login'],
        ['Available Scopes:', 'Security Notes:'],
      ],
      [['admin', 'auth', 'whoami'], ['Exit Codes:']],
      [['admin', 'status'], ['Exit Codes:']],
    ];
    for (const [path, titles] of sections)
      for (const title of titles) expect(help(...path), path.join(' ')).toContain(`\n${title}\n`);
  });

  test('of the root lists what the guide lists', () => {
    const text = help().replaceAll(/\s+/g, ' ');
    expect(text).toContain('Usage: authly [OPTIONS] COMMAND [ARGS]...');
    expect(text).toContain(' admin Administrative operations for Authly');
    expect(text).toContain(' serve Start the Authly web service');
    expect(text).toContain('--commands Show all available commands and options in a tree view');
  });
});

describe('the command tree', () => {
  const lines = treeText(commandTree, undefined).split('\n');

  test('has a title, a rule and a root', () => {
    expect(lines.slice(0, 4)).toEqual(['Authly CLI Commands', '='.repeat(40), '', 'authly']);
  });

  test('draws commands and options with box connectors, sorted, descriptions in one column', () => {
    expect(lines.find((line) => line.startsWith('├── admin'))).toMatch(/# Administrative operations for Authly\.$/);
    expect(lines.find((line) => line.startsWith('│   ├── client'))).toMatch(/# Manage OAuth 2\.1 clients\.$/);
    expect(lines.find((line) => line.startsWith('└── serve'))).toMatch(/# Start the Authly web service\.$/);
    expect(lines.some((line) => line.includes('├── --redirect-uri TEXT'))).toBe(true);
    const columns = new Set(lines.filter((line) => line.includes(' # ')).map((line) => line.indexOf(' # ')));
    expect(columns.size).toBe(1);
    const roots = lines.flatMap((line) => /^[├└]── (\S+)/.exec(line)?.[1] ?? []);
    expect(roots).toEqual([...roots].sort());
  });
});

describe('at every width', () => {
  test.each([40, 80, 100, 200])('of %i columns no help has a wider line, and no word is broken', (width) => {
    for (const { node, path } of walk(commandTree)) {
      const text = helpText(node, path, width);
      const words = helpText(node, path, 100)
        .split(/\s+/)
        .filter((word) => word !== '\\');
      expect(
        text.split(/\s+/).filter((word) => word !== '\\'),
        path.join(' '),
      ).toEqual(words);
      const wide = text.split('\n').filter((line) => line.length > width);
      // A single word may be longer than a narrow terminal is wide.
      for (const line of wide)
        expect(line.trim().replace(/ \\$/, ''), path.join(' ')).toMatch(
          width >= 80 ? /^$/ : /^(?:\S|"[^"]*"|'[^']*')+$/,
        );
    }
  });

  test('a command that is copied from the help is the same command', () => {
    const long =
      '$ printf "%s" "$ADMIN PASSWORD" | authly admin auth login --username admin --password-stdin --no-input';
    const [first = '', ...others] = wrapCommand(long, 60, '    ');
    expect(first).toMatch(/ \\$/);
    expect([first, ...others].map((line) => line.replace(/ \\$/, '').trim()).join(' ')).toBe(long);
    expect([first, ...others].every((line) => (line.match(/"/g) ?? []).length % 2 === 0)).toBe(true);
  });

  test('the options that every admin command has are listed once', () => {
    expect(help('admin')).toContain('--api-url URL');
    expect(help('admin', 'client', 'list')).not.toContain('--api-url URL');
    expect(help('admin', 'client', 'list')).toContain('authly admin --help');
  });

  test('the tree fits a terminal, a group on one screen', () => {
    const drawn = treeText(commandTree, 80).split('\n');
    for (const line of drawn) expect(line.length).toBeLessThanOrEqual(80);
    const starts = drawn.flatMap((line, index) => (/^│ {3}[├└]── /.test(line) ? [index] : []));
    for (const [index, start] of starts.entries()) expect((starts[index + 1] ?? start) - start).toBeLessThanOrEqual(24);
  });
});
