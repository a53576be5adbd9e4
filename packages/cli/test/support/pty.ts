import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Cli } from './cli.js';
import { removeFolder } from '../../../server/test/support/remove-folder.js';

/** A real terminal, by tmux: what a person sees, and what a person types. */

export interface Screen {
  /** What is on the screen and above it, without trailing blanks. */
  text(): string;
  /** Whether anything on the screen has a colour. */
  colored(): boolean;
  type(text: string): void;
  enter(): void;
  key(name: 'C-c' | 'C-d' | 'BSpace' | 'Tab'): void;
  /** Waits for something to appear and answers everything that is shown then. */
  shows(pattern: RegExp): Promise<string>;
  /** Waits for the command to end and answers its exit code and what is shown. */
  ends(): Promise<{ readonly code: number; readonly text: string }>;
}

const LIMIT = 20_000;

/** Makes terminals of any width; all of them are closed after the tests of the file. */
export function terminals(cli: Pick<Cli, 'env' | 'home'>) {
  const folder = mkdtempSync(join(tmpdir(), 'authly-pty-'));
  const socket = join(folder, 'tmux');
  const tmux = (...words: readonly string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...words], {
      encoding: 'utf8',
      // Terminals have the environment of tmux, and a NO_COLOR or CI of whoever runs the tests must not get there.
      env: cli.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  let serial = 0;
  afterAll(async () => {
    if (serial > 0) tmux('kill-server');
    await removeFolder(folder);
  });

  /** Runs a command line of the shell in a terminal of its own. */
  return function open(
    line: string,
    options: { readonly columns?: number; readonly env?: NodeJS.ProcessEnv } = {},
  ): Screen {
    serial += 1;
    const name = `t${serial}`;
    const env = { ...cli.env, ...options.env };
    const variables = Object.entries(env).flatMap(([key, value]) =>
      value === undefined ? [] : ['-e', `${key}=${value}`],
    );
    const size = ['-x', String(options.columns ?? 80), '-y', '50'];
    // The screen stays after the end, for the test to read; Ctrl-C ends the command, not the shell around it. The path is set
    // by the shell: tmux takes its own, on which a command built some time ago may come first.
    const script = `trap : INT; export PATH=${JSON.stringify(env.PATH ?? '')}; cd ${JSON.stringify(cli.home)}; ${line}; echo "[ended $?]"; exec sleep 600`;
    tmux('new-session', '-d', '-s', name, ...size, ...variables, `bash --norc -c ${quoted(script)}`);
    const text = () =>
      tmux('capture-pane', '-p', '-t', name, '-S', '-')
        .replace(/[ \t]+$/gm, '')
        .trimEnd();
    const shows = async (pattern: RegExp) => {
      const deadline = performance.now() + LIMIT;
      for (;;) {
        const shown = text();
        if (pattern.test(shown)) return shown;
        if (performance.now() > deadline) throw new Error(`${String(pattern)} did not appear:\n${shown}`);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    };
    return {
      text,
      colored: () => tmux('capture-pane', '-p', '-e', '-t', name, '-S', '-').includes('\u001b['),
      shows,
      type: (typed) => void tmux('send-keys', '-t', name, '-l', typed),
      enter: () => void tmux('send-keys', '-t', name, 'Enter'),
      key: (key) => void tmux('send-keys', '-t', name, key),
      ends: async () => {
        const shown = await shows(/\[ended \d+\]/);
        return { code: Number(/\[ended (\d+)\]/.exec(shown)?.[1]), text: shown.replace(/\n?\[ended \d+\]$/, '') };
      },
    };
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
