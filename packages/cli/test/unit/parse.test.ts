import { describe, expect, test } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import { CliError } from '../../src/errors/cli-error.js';
import { understoodBy } from '../../src/program/help.js';
import { kebab } from '../../src/program/option.js';
import { parseRequest, type Request } from '../../src/program/parse.js';
import { type SharedOptionName, sharedOptions } from '../../src/program/shared-options.js';
import { withRequired } from '../../src/program/required.js';
import { leaves } from '../../src/reference/walk.js';
import { createTerminal } from '../../src/terminal/terminal.js';
import { captured } from '../support/streams.js';

const parse = (line: string) => parseRequest(commandTree, line.split(' '));

function ran(line: string): Extract<Request, { kind: 'run' }> {
  const request = parse(line);
  if (request.kind !== 'run') throw new Error(`${line} ran nothing: ${request.kind}`);
  return request;
}

function refused(line: string): CliError {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error(`${line} was not refused`);
}

describe('the words of a command', () => {
  test('lead to it, with its options and arguments', () => {
    const { path, given } = ran(
      'admin client create --name App --type public --redirect-uri http://a --redirect-uri=http://b --pkce required --no-id-token-claims --default-max-age 60',
    );
    expect(path).toEqual(['authly', 'admin', 'client', 'create']);
    expect(given.options).toMatchObject({
      name: 'App',
      type: 'public',
      redirectUri: ['http://a', 'http://b'],
      pkce: 'required',
      idTokenClaims: false,
      requireAuthTime: undefined,
      defaultMaxAge: 60,
      scope: [],
    });
    expect(ran('admin client show abc').given.args).toEqual({ clientId: 'abc' });
  });

  test('an empty value clears what a client need not have, and is no value of anything else', () => {
    const { options } = ran('admin client update abc --default-max-age= --userinfo-alg= --logo-uri=').given;
    expect(options).toMatchObject({ defaultMaxAge: '', userinfoAlg: '', logoUri: '' });
    for (const line of ['admin client update abc --id-token-alg=', 'admin client list --limit='])
      expect(refused(line).exitCode).toBe(5);
  });

  // @rule 1.51
  test('options with one meaning are accepted before and after every part of the command', () => {
    for (const line of [
      '--output json --limit 3 admin client list',
      'admin --output json --limit 3 client list',
      'admin client --output json --limit 3 list',
      'admin client list --output json --limit 3',
      'admin client list -o json --limit=3',
    ])
      expect(ran(line).shared, line).toEqual({ output: 'json', limit: 3 });
  });

  test('every shared option of every command may stand at any place of the line, and is listed where it makes a difference', () => {
    let lines = 0;
    for (const { node, path } of leaves(commandTree)) {
      if (path[1] !== 'admin') continue;
      const required = Object.entries(node.options).flatMap(([name, { required: needed, choices }]) =>
        needed ? [`--${name}`, choices?.[0] ?? 'x'] : [],
      );
      for (const name of understoodBy(node, path)) {
        const { kind, choices } = sharedOptions[name];
        const value = kind === 'flag' ? [] : [kind === 'integer' ? '3' : (choices?.[0] ?? 'http://x')];
        const option = [`--${kebab(name)}`, ...value];
        const groups = path.slice(1);
        for (let place = 0; place <= groups.length; place += 1) {
          const words = [...groups.slice(0, place), ...option, ...groups.slice(place)];
          const line = [...words, ...required, ...Object.keys(node.arguments)].join(' ');
          const wanted = kind === 'flag' ? true : kind === 'integer' ? 3 : value[0];
          expect(ran(line).shared[name], line).toBe(wanted);
          lines += 1;
        }
      }
    }
    expect(lines).toBeGreaterThan(1000);
    const taking = (name: SharedOptionName) =>
      leaves(commandTree).flatMap(({ node, path }) =>
        understoodBy(node, path).includes(name) ? [path.slice(2).join(' ')] : [],
      );
    const lists = ['client list', 'scope list', 'resource list', 'user list', 'user sessions', 'apikey list'];
    expect(taking('offset')).toEqual(lists);
    expect(taking('showInactive')).toEqual(lists);
    // The log is read by cursors, which no event that is appended meanwhile can move.
    expect(taking('limit')).toEqual([...lists.slice(0, 5), 'audit list', 'apikey list']);
  });

  test('a flag that begins with --no- is seen when it is given, whatever commander makes of the name', () => {
    expect(ran('admin auth login --no-wait --no-browser').given.options).toMatchObject({
      noWait: true,
      noBrowser: true,
    });
    expect(ran('admin auth login').given.options).toMatchObject({ noWait: false, noBrowser: false });
    expect(ran('admin user list --no-admins').given.options).toMatchObject({ admin: false, noAdmins: true });
  });

  test('the option nearest to the command wins', () => {
    expect(ran('admin --limit 1 client list --limit 2').shared.limit).toBe(2);
  });

  test('an option that the command would silently ignore is refused', () => {
    expect(refused('admin --limit 1 client show x')).toMatchObject({
      exitCode: 5,
      message: '--limit means nothing here',
    });
    expect(refused('--output json serve').exitCode).toBe(5);
  });

  test('scripts may add --dry-run, --confirm, --verbose and --output to any admin command', () => {
    for (const { node, path } of leaves(commandTree)) {
      if (path[1] !== 'admin' || Object.values(node.options).some(({ required }) => required)) continue;
      const args = Object.keys(node.arguments);
      const line = `${path.slice(1).join(' ')} --dry-run --confirm --verbose --output json ${args.join(' ')}`.trim();
      expect(ran(line).shared, line).toMatchObject({ dryRun: true, confirm: true, verbose: true, output: 'json' });
    }
  });

  test('the server has a --config of its own, which is not that of the command line', () => {
    const { given, shared } = ran('serve --config authly.toml --no-access-log --workers 4');
    expect(given.options).toMatchObject({ config: 'authly.toml', accessLog: false, workers: 4, embedded: false });
    expect(shared).toEqual({});
    // Left to ACCESS_LOG and the configuration file.
    expect(ran('serve').given.options['accessLog']).toBeUndefined();
    expect(ran('serve --access-log').given.options['accessLog']).toBe(true);
  });

  test('everything after the command of exec belongs to that command', () => {
    expect(ran('admin auth exec -- deploy --output json -v').given.args).toEqual({
      command: ['deploy', '--output', 'json', '-v'],
    });
  });

  test('another spelling of an option means the same', () => {
    expect(ran('admin client update x --reactivate').given.options['activate']).toBe(true);
  });
});

describe('words that do not fit', () => {
  // @rule 1.54
  test('end with the exit code of a validation error, and name what was probably meant', () => {
    expect(refused('admin clent list')).toMatchObject({
      exitCode: 5,
      reason: 'Did you mean client?',
      hint: 'See: authly admin --help',
    });
    expect(refused('admin client list --limt 3')).toMatchObject({
      exitCode: 5,
      reason: 'Did you mean --limit?',
      hint: 'See: authly admin client list --help',
    });
  });

  const completed = (line: string, answers?: string) => {
    const streams = captured(answers === undefined ? {} : { columns: 80 });
    if (answers !== undefined) streams.type(answers);
    const { command, path, given } = ran(line);
    return withRequired(given, { command, path, terminal: createTerminal({ streams, env: {} }) });
  };

  test.each([
    ['client create', 'Missing options: --name, --type, --redirect-uri'],
    ['client create --redirect-uri http://a', 'Missing options: --name, --type'],
    ['client create --grant-type client_credentials --type confidential', 'Missing option: --name'],
    ['client create --preset authjs', 'Missing option: --name'],
    ['scope create --name x', 'Missing option: --description'],
  ])('every option that is missing from %s is named at once', async (line, message) => {
    await expect(completed(`admin ${line}`)).rejects.toMatchObject({ message, exitCode: 5 });
  });

  test('a service that gets tokens for itself alone needs no redirect URI', async () => {
    const line = 'admin client create --name Backup --type confidential --grant-type client_credentials';
    expect((await completed(line)).options).toMatchObject({ redirectUri: [] });
  });

  test('a value outside the choices, a number that is none, a word too many and a missing argument are refused', () => {
    expect(refused('admin client create --name a --type private').message).toMatch(
      /Allowed choices are public, confidential/,
    );
    expect(refused('admin client list --limit ten').message).toMatch(/must be a whole number/);
    expect(refused('admin client list --limit 0').message).toMatch(/must be at least 1/);
    expect(refused('admin client list --offset -1').message).toMatch(/must be at least 0/);
    expect(refused('admin client list more').exitCode).toBe(5);
    expect(refused('admin client show').message).toMatch(/Missing required argument/);
  });
});

describe('help', () => {
  test('is what no words, a group alone, and --help anywhere lead to', () => {
    expect(parseRequest(commandTree, []).kind).toBe('help');
    for (const line of ['admin', 'admin client', '--help', 'admin --help', 'admin client create --help', '-h'])
      expect(parse(line).kind, line).toBe('help');
  });

  test('--version, --commands and --install-completion are asked of the root', () => {
    expect(parse('--version').kind).toBe('version');
    expect(parse('-v').kind).toBe('version');
    for (const line of ['--install-completion --help', '--help --install-completion', '--commands --help'])
      expect(parse(line).kind, line).toBe('help');
    expect(parse('--commands').kind).toBe('commands');
    expect(parse('--install-completion').kind).toBe('install-completion');
  });
});

describe('the declarations', () => {
  test('an option takes a value everywhere or nowhere, so that completion can skip values', () => {
    const kinds = new Map<string, Set<boolean>>();
    for (const { node } of leaves(commandTree))
      for (const [name, option] of Object.entries(node.options))
        kinds.set(name, (kinds.get(name) ?? new Set()).add(option.placeholder === ''));
    const mixed = [...kinds].filter(([, seen]) => seen.size > 1).map(([name]) => name);
    expect(mixed).toEqual([]);
  });

  test('every admin command has examples, and every summary is a sentence', () => {
    for (const { node, path } of leaves(commandTree)) {
      expect(node.summary, path.join(' ')).toMatch(/^[A-Z].*\.$/);
      expect(
        node.sections.map(({ title }) => title),
        path.join(' '),
      ).toContain('Examples');
    }
  });

  test('every example is understood by the parser itself', () => {
    for (const { node, path } of leaves(commandTree)) {
      const examples =
        node.sections
          .find(({ title }) => title === 'Examples')
          ?.lines.join('\n')
          .replaceAll('\\\n', ' ') ?? '';
      for (const line of examples.split('\n')) {
        const call = /(?:^\$ |\| )authly (.*?)(?: \||$)/.exec(line)?.[1];
        if (call === undefined) continue;
        const words = [...call.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
        const withAdmin = ['client', 'scope'].includes(words[0] ?? '') ? ['admin', ...words] : words;
        expect(() => parseRequest(commandTree, withAdmin), `${path.join(' ')}: ${line}`).not.toThrow();
      }
    }
  });
});
