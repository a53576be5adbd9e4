import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import { ENVIRONMENT } from '../../src/reference/environment.js';
import { type Command, type Group, isGroup } from '../../src/program/command.js';
import { understoodBy } from '../../src/program/help.js';
import { kebab } from '../../src/program/option.js';
import { sharedOptions } from '../../src/program/shared-options.js';
import { settings } from '../../src/config/settings.js';

/** Hints, help texts and guides name commands, options and variables: all of them must exist. */

const root = fileURLToPath(new URL('../../../../', import.meta.url));

function filesBelow(folder: string, ends: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ends.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const texts = [
  ...['cli', 'client', 'server', 'admin-api'].flatMap((name) => filesBelow(`packages/${name}/src`, /\.tsx?$/)),
  ...filesBelow('docs/guide', /\.md$/),
  ...['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CONTEXT.md'].map((name) => join(root, name)),
].map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));

/** What follows `authly` on a line as far as it looks like words and options of a command line. */
const NAMED = /(?<![\w@/.-])authly ((?:-{0,2}[a-z][a-z-]*)(?: +(?:--?[a-z][a-z-]*|[\w."'$<>{}:/@=…-]+))*)/g;

describe('every command that is named anywhere', () => {
  const first = commandTree.commands.map(({ name }) => name);
  const lines = texts.flatMap(({ path, text }) =>
    // A full stop before a capital letter ends the sentence, and the command with it.
    [...text.matchAll(NAMED)].map(([line, words = '']) => ({
      path,
      line,
      words: (words.split(/\. (?=[A-Z])/)[0] ?? '').split(/ +/),
    })),
  );
  const meant = lines.filter(({ words }) => first.includes(words[0] ?? '') || words[0]?.startsWith('--'));

  test('exists, with every option that is named with it', () => {
    expect(meant.length).toBeGreaterThan(100);
    const broken = meant.flatMap(({ path, line, words }) => {
      const problem = problemOf(words);
      return problem === undefined ? [] : [`${path}: ${line}: ${problem}`];
    });
    expect(broken).toEqual([]);
  });

  test('a command or an option that does not exist would be found', () => {
    expect(problemOf(['admin', 'client', 'destroy'])).toBe('no command destroy');
    expect(problemOf(['admin', 'client', 'list', '--everything'])).toBe('no option --everything');
    expect(problemOf(['admin', 'auth', 'exec', '--', 'deploy', '--now'])).toBeUndefined();
  });
});

function problemOf(words: readonly string[]): string | undefined {
  let node: Command | Group = commandTree;
  const path = [commandTree.name];
  let rest = words;
  while (isGroup(node) && rest[0] !== undefined && /^[a-z][a-z-]*$/.test(rest[0])) {
    const next: Command | Group | undefined = node.commands.find(({ name }) => name === rest[0]);
    if (next === undefined) return `no command ${rest[0]}`;
    node = next;
    path.push(next.name);
    rest = rest.slice(1);
  }
  const end = rest.indexOf('--');
  const options = (end === -1 ? rest : rest.slice(0, end)).filter((word) => /^--[a-z]/.test(word));
  const known = knownOptions(node, path);
  const unknown = options.find((option) => !known.has(option.replace(/[^a-z-].*$/, '')));
  return unknown === undefined ? undefined : `no option ${unknown}`;
}

function knownOptions(node: Command | Group, path: readonly string[]): ReadonlySet<string> {
  const everywhere = ['--help', ...Object.keys(sharedOptions).map((name) => `--${kebab(name)}`)];
  if (isGroup(node))
    return new Set([...everywhere, ...(path.length === 1 ? ['--version', '--commands', '--install-completion'] : [])]);
  const own = Object.entries(node.options).flatMap(([name, { on }]) =>
    on ? [`--${kebab(name)}`, `--no-${kebab(name)}`] : [`--${kebab(name)}`],
  );
  return new Set(['--help', ...own, ...understoodBy(node, path).map((name) => `--${kebab(name)}`)]);
}

test('every variable that the help of the command names is read somewhere', () => {
  const code = texts
    .filter(({ path }) => path.endsWith('.ts') && !path.includes('/reference/'))
    .map(({ text }) => text);
  const all = code.join('\n');
  const named = [
    // The agent of undici reads NO_PROXY by itself.
    ...ENVIRONMENT.flatMap(([names]) => names.split(', ')).filter((name) => name !== 'NO_PROXY'),
    ...Object.values(settings).flatMap(({ env }) => env),
  ];
  const unread = named.filter((name) => {
    // @authly/client reads its own by prefix and name: AUTHLY_TOKEN as TOKEN.
    const short = name.replace(/^AUTHLY_/, '');
    return !new RegExp(`['"\`.]${name}['"\`]|\\['${name}'\\]|text\\('${short}'\\)|secret\\('${short}'\\)`).test(all);
  });
  expect(unread).toEqual([]);
});
