/** The default terminal: plain lines on the error stream, nothing but Node. */
import { spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { LoginCancelledError } from '../errors/login-errors.js';
import type { Question, Terminal } from './terminal.js';

/** The streams and the environment of a terminal. */
export interface ReadlineTerminalOptions {
  readonly input?: ReadStream;
  readonly output?: WriteStream;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/**
 * Makes a terminal from the standard input and the error stream. Nothing is read before the first question.
 *
 * @example
 * ```ts
 * const terminal = createReadlineTerminal();
 * if (terminal.interactive) await terminal.secret({ message: 'API key: ' });
 * ```
 */
export function createReadlineTerminal(options: ReadlineTerminalOptions = {}): Terminal {
  const input = options.input ?? process.stdin;
  const output = options.output ?? process.stderr;
  const env = options.env ?? process.env;
  const say = (text: string) => void output.write(text);

  return {
    interactive: input.isTTY === true && output.isTTY === true,
    columns: output.columns,
    unicode:
      /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '') ||
      (options.platform ?? process.platform) === 'win32',
    info: (message) => say(`${message}\n`),
    link: (text, url) => (output.isTTY && showsLinks(env) ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : text),
    ask: (question) => {
      say(question.message);
      // Who stops asking goes on in a line of their own.
      question.signal?.addEventListener('abort', () => say('\n'), { once: true });
      return readLine(createInterface({ input, output: silent(), terminal: false }), question);
    },
    secret: (question) => readHidden(input, say, question),
    choose: async (question) => {
      question.options.forEach(({ label }, index) => {
        say(`  ${index + 1}  ${label}\n`);
      });
      for (;;) {
        say(`${question.message} (1-${question.options.length}) `);
        const answer = await readLine(createInterface({ input, output: silent(), terminal: false }), question);
        const chosen = question.options[Number(answer) - 1];
        if (chosen) return chosen.value;
      }
    },
    spinner: (message) => {
      say(`${message}\n`);
      return { stop: (last) => (last === undefined ? undefined : say(`${last}\n`)) };
    },
    copy: (text) => copyText(text, { env, platform: options.platform ?? process.platform, say }),
    keys: (listener) => listenForKeys(input, listener),
  };
}

/** Readline would echo a line again on its own output; the terminal itself does that already. */
function silent(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

function readLine(lines: Interface, question: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    const abort = () => lines.close();
    question.signal?.addEventListener('abort', abort, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      question.signal?.removeEventListener('abort', abort);
      reject(question.signal?.aborted ? question.signal.reason : inputEnded());
    });
    if (question.signal?.aborted) lines.close();
  });
}

/** Raw mode shows nothing, not even how long the secret is. */
function readHidden(input: ReadStream, say: (text: string) => void, question: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (end: () => void) => {
      question.signal?.removeEventListener('abort', abort);
      stop();
      say('\n');
      end();
    };
    const abort = () => finish(() => reject(question.signal?.reason));
    const stop = readRaw(input, (text) => {
      for (const character of text) {
        if (character === '\u0003' || character === '\u0004') return finish(() => reject(cancelled()));
        if (character === '\r' || character === '\n') return finish(() => resolve(typed));
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('');
        else if (character >= ' ') typed += character;
      }
    });
    question.signal?.addEventListener('abort', abort, { once: true });
    // Only now: before raw mode the terminal itself shows what is typed.
    say(question.message);
  });
}

function listenForKeys(input: ReadStream, listener: (key: string) => void): () => void {
  if (input.isTTY !== true) return () => undefined;
  return readRaw(input, (text) => {
    // Raw mode takes the meaning of Ctrl-C away; a person who presses it still wants to leave.
    if (text.includes('\u0003')) process.kill(process.pid, 'SIGINT');
    for (const key of text) listener(key === '\r' || key === '\n' ? 'enter' : key.toLowerCase());
  });
}

function readRaw(input: ReadStream, listener: (text: string) => void): () => void {
  const hear = (chunk: Buffer | string) => listener(String(chunk));
  const wasRaw = input.isRaw;
  if (input.isTTY) input.setRawMode(true);
  input.on('data', hear);
  input.resume();
  return () => {
    input.off('data', hear);
    if (input.isTTY) input.setRawMode(wasRaw ?? false);
    input.pause();
  };
}

/** Terminals that are known for it: others show the address twice, or nonsense. */
function showsLinks(env: NodeJS.ProcessEnv): boolean {
  if (env.TERM === 'dumb') return false;
  const named = /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|Tabby|rio|WarpTerminal)$/.test(env.TERM_PROGRAM ?? '');
  const byName = /^(xterm-kitty|alacritty|foot|xterm-ghostty|wezterm)/.test(env.TERM ?? '');
  return named || byName || Boolean(env.WT_SESSION || env.KITTY_WINDOW_ID) || Number(env.VTE_VERSION) >= 5_000;
}

/** The clipboard's own program, or, over SSH, the escape sequence that asks the terminal at the other end. */
async function copyText(
  text: string,
  where: { readonly env: NodeJS.ProcessEnv; readonly platform: NodeJS.Platform; readonly say: (text: string) => void },
): Promise<boolean> {
  const { env, platform } = where;
  if (env.SSH_CONNECTION || env.SSH_TTY) {
    where.say(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
    return true;
  }
  const wayland = env.WAYLAND_DISPLAY ? [['wl-copy']] : [];
  const x11 = env.DISPLAY
    ? [
        ['xclip', '-selection', 'clipboard'],
        ['xsel', '--clipboard', '--input'],
      ]
    : [];
  const programs = platform === 'darwin' ? [['pbcopy']] : platform === 'win32' ? [['clip']] : [...wayland, ...x11];
  for (const program of programs) {
    if (await pipeInto(program, text)) return true;
  }
  return false;
}

function pipeInto(command: readonly string[], text: string): Promise<boolean> {
  const [program = '', ...rest] = command;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.stdin.on('error', () => resolve(false));
    child.stdin.end(text);
  });
}

function cancelled(): LoginCancelledError {
  return new LoginCancelledError({
    message: 'The login was cancelled.',
    reason: 'You pressed Ctrl-C.',
    hint: 'Start it again when you are ready.',
  });
}

function inputEnded(): LoginCancelledError {
  return new LoginCancelledError({
    message: 'The login was cancelled.',
    reason: 'The input ended before an answer.',
    hint: 'Run the command in a terminal, or give the answers by options.',
  });
}
