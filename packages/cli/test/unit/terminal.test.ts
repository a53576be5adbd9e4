import { describe, expect, test } from 'vitest';
import { createTerminal } from '../../src/terminal/terminal.js';
import { ask, askSecret, askYes } from '../../src/terminal/prompt.js';
import { captured } from '../support/streams.js';

describe('whether somebody can be asked', () => {
  const silence = (env: NodeJS.ProcessEnv, options: { readonly tty?: boolean; readonly noInput?: boolean } = {}) =>
    createTerminal({ streams: captured({ tty: options.tty ?? true }), env, noInput: options.noInput }).silence;

  test('needs a terminal', () => {
    expect(silence({})).toBeUndefined();
    expect(silence({}, { tty: false })).toBe('standard input is not a terminal');
  });

  test('is denied by a flag, by a variable, by CI and by programs that drive terminals', () => {
    expect(silence({}, { noInput: true })).toBe('--no-input was given');
    expect(silence({ AUTHLY_NO_INPUT: '1' })).toBe('AUTHLY_NO_INPUT is set');
    expect(silence({ CI: 'true' })).toBe('CI is set');
    expect(silence({ CLAUDECODE: '1' })).toBe('CLAUDECODE is set');
    expect(silence({ CODEX_SANDBOX: 'x' })).toBe('CODEX_SANDBOX is set');
    expect(silence({ CI: 'false' })).toBeUndefined();
  });
});

describe('colours', () => {
  const colored = (env: NodeJS.ProcessEnv, options: { readonly tty?: boolean; readonly noColor?: boolean } = {}) =>
    createTerminal({ streams: captured({ tty: options.tty ?? true }), env, noColor: options.noColor }).color.red(
      'x',
    ) !== 'x';

  test('are for terminals, unless somebody objects', () => {
    expect(colored({})).toBe(true);
    expect(colored({}, { tty: false })).toBe(false);
    expect(colored({ NO_COLOR: '1' })).toBe(false);
    expect(colored({ TERM: 'dumb' })).toBe(false);
    expect(colored({}, { noColor: true })).toBe(false);
    expect(colored({ FORCE_COLOR: '1' }, { tty: false })).toBe(true);
  });
});

describe('a question', () => {
  test('is asked on stderr, because stdout belongs to results', async () => {
    const streams = captured({ columns: 80 });
    const answer = ask(createTerminal({ streams, env: {} }), 'Username: ');
    setTimeout(() => streams.type('admin\r'), 20);
    expect(await answer).toBe('admin');
    expect(streams.err()).toContain('Username: ');
    expect(streams.out()).toBe('');
  });

  test('for a secret shows nothing of it, not even its length', async () => {
    const streams = captured({ columns: 80 });
    const answer = askSecret(createTerminal({ streams, env: {} }), 'Password: ');
    setTimeout(() => streams.type('hunter2\r'), 20);
    expect(await answer).toBe('hunter2');
    expect(streams.err()).toBe('Password: [hidden]\n');
  });

  // @rule 1.43
  test('is asked only once the terminal shows nothing more by itself', async () => {
    const streams = captured({ columns: 80 });
    const asked: string[] = [];
    const setRawMode = (raw: boolean) => void (raw && asked.push(streams.err()));
    Object.assign(streams.stdin, { setRawMode });
    const answer = askSecret(createTerminal({ streams, env: {} }), 'Password: ');
    setTimeout(() => streams.type('hunter2\r'), 20);
    expect(await answer).toBe('hunter2');
    expect(asked).toEqual(['']);
  });

  test('that is answered with Ctrl-C is cancelled', async () => {
    const streams = captured({ columns: 80 });
    const answer = askSecret(createTerminal({ streams, env: {} }), 'Password: ');
    setTimeout(() => streams.type('\u0003'), 20);
    await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  });

  test('whose asker goes away is cancelled, not asked for ever', async () => {
    const streams = captured({ columns: 80 });
    const answer = ask(createTerminal({ streams, env: {} }), 'Username: ');
    setTimeout(() => streams.stdin.push(null), 20);
    await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  });

  test('of yes or no takes only a yes for a yes', async () => {
    for (const [typed, expected] of [
      ['y', true],
      ['YES', true],
      ['n', false],
      ['', false],
      ['yep', false],
    ] as const) {
      const streams = captured({ columns: 80 });
      const answer = askYes(createTerminal({ streams, env: {} }), 'Sure?');
      setTimeout(() => streams.type(`${typed}\r`), 20);
      expect(await answer, typed).toBe(expected);
    }
  });
});
