import { describe, expect, test } from 'vitest';
import { commandTree } from '../../src/command-tree.js';
import { helpText } from '../../src/program/help.js';
import { treeText } from '../../src/reference/tree.js';
import { walk } from '../../src/reference/walk.js';

function help(...path: readonly string[]): string {
  const found = walk(commandTree).find((placed) => placed.path.join(' ') === ['authly', ...path].join(' '));
  if (!found) throw new Error(`no command ${path.join(' ')}`);
  return helpText(found.node, found.path);
}

describe('help', () => {
  test('of client create says what the guide shows', () => {
    const text = help('admin', 'client', 'create').replaceAll(/ +/g, ' ');
    for (const line of [
      'Usage: authly admin client create [OPTIONS]',
      'Create a new OAuth 2.1 client.',
      "Public clients (SPAs, mobile) don't receive a secret.",
      'Confidential clients (backend) receive a client secret.',
      '# Create a public client for a React SPA',
      '$ authly client create --name "My React App" --type public \\',
      '--name TEXT Client name [required]',
      '--type [public|confidential] Client type [required]',
      '--redirect-uri TEXT Redirect URI (can be specified multiple times) [required]',
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
    const text = help().replaceAll(/ +/g, ' ');
    expect(text).toContain('Usage: authly [OPTIONS] COMMAND [ARGS]...');
    expect(text).toContain(' admin Administrative operations for Authly');
    expect(text).toContain(' serve Start the Authly web service');
    expect(text).toContain('--commands Show all available commands and options in a tree view');
  });
});

describe('the command tree', () => {
  const lines = treeText(commandTree).split('\n');

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
