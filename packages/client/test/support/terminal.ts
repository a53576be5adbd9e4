/** A real terminal, by tmux. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RealTerminal {
  screen(): string;
  /** Waits until the screen shows this; returns the first group. */
  waitFor(pattern: RegExp): Promise<string>;
  press(key: string): void;
  close(): void;
}

/** Runs a command in a terminal of its own; after its end the screen shows `ended with CODE`. */
export async function openTerminal(command: readonly string[], env: Record<string, string>): Promise<RealTerminal> {
  const socket = join(await mkdtemp(join(tmpdir(), 'authly-tmux-')), 'socket');
  const tmux = (...args: string[]) => execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' });
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const variables = Object.entries({ ...env, LANG: 'C.UTF-8' }).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  // Ctrl-C goes to everything in the foreground; the shell stays to tell how the program ended.
  const script = `trap : INT; ${quoted}; echo "ended with $?"; sleep 60`;
  await new Promise<void>((resolve, reject) => {
    const options = { stdio: 'ignore', env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm' } } as const;
    const started = spawn(
      'tmux',
      ['-S', socket, '-u', 'new-session', '-d', '-x', '100', '-y', '60', ...variables, 'sh', '-c', script],
      options,
    );
    started.on('error', () => reject(new Error('These tests need tmux: apt-get install tmux')));
    started.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tmux ended with ${code}`))));
  });
  const screen = () => tmux('capture-pane', '-p', '-J');
  return {
    screen,
    waitFor: async (pattern) => {
      for (let look = 0; look < 400; look += 1) {
        const found = pattern.exec(screen())?.[1];
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`the terminal never showed ${pattern}:\n${screen()}`);
    },
    press: (key) => void tmux('send-keys', key),
    close: () => void tmux('kill-server'),
  };
}
