import { describe, expect, test } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import { places, valueOptions } from '../../src/completion/model.js';
import { completionScript, SHELLS } from '../../src/completion/script.js';

const all = places(commandTree);
const at = (path: string) => all.find((place) => place.path === path);

describe('what can be completed', () => {
  test('are the commands that the guide shows behind TAB', () => {
    const names = (path: string) => at(path)?.commands.map(({ name }) => name);
    expect(names('authly')).toEqual(expect.arrayContaining(['admin', 'serve']));
    expect(names('authly admin')).toEqual(expect.arrayContaining(['auth', 'client', 'scope', 'status']));
    expect(names('authly admin client')).toEqual([
      'create',
      'list',
      'show',
      'update',
      'delete',
      'regenerate-secret',
      'registration-token',
      'reset-registration',
    ]);
  });

  test('are options, their values, files, and the words of an argument', () => {
    const create = at('authly admin client create');
    expect(create?.options.find(({ name }) => name === '--type')?.takes).toEqual(['public', 'confidential']);
    expect(create?.options.find(({ name }) => name === '--secret-file')?.takes).toBe('file');
    expect(at('authly completion')?.words).toEqual(SHELLS);
    expect(at('authly serve')?.options.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['--access-log', '--no-access-log']),
    );
  });

  test('an option with a value is known as one', () => {
    expect(valueOptions(all)).toEqual(expect.arrayContaining(['--output', '-o', '--redirect-uri']));
    expect(valueOptions(all)).not.toContain('--dry-run');
  });
});

// @rule 1.55
test.each(SHELLS)('the script for %s names every command and is the same every time', (shell) => {
  const script = completionScript(shell, commandTree);
  for (const { path } of all.slice(1)) expect(script).toContain(path);
  expect(completionScript(shell, commandTree)).toBe(script);
});
