import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Finished {
  readonly output: string;
  /** The exit codes of what failed on the way, in order; none when everything succeeded. */
  readonly failures: readonly number[];
}

export interface Shell {
  /** Runs a block as a reader does who pastes it; variables stay for the next one. */
  run(
    block: string,
    options: { readonly terminal: boolean; readonly onOutput: (soFar: string) => void },
  ): Promise<Finished>;
  end(): void;
}

/** One bash for all blocks of a document. */
export function openShell(directory: string, environment: Record<string, string>): Shell {
  // The group makes it possible to end what a block has left running.
  const bash = spawn('bash', ['--norc', '--noprofile'], {
    cwd: directory,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // One stream, so that what is printed first is read first.
  bash.stdin.write('exec 2>&1\n');
  const scripts = join(directory, '.blocks');
  mkdirSync(scripts, { recursive: true });
  let serial = 0;

  return {
    run: (block, { terminal, onOutput }) =>
      new Promise((resolve, reject) => {
        serial += 1;
        const mark = `end-${randomBytes(6).toString('hex')}`;
        const script = join(scripts, `${serial}.sh`);
        writeFileSync(script, `trap 'echo "${mark}:failed:$?"' ERR\nset -o pipefail\n${block}\ntrap - ERR\n`);
        let text = '';
        const keep = (chunk: Buffer): void => {
          text += chunk.toString().replaceAll('\r', '');
          onOutput(text);
          if (!text.includes(`${mark}:done`)) return;
          bash.stdout.off('data', keep);
          const failures = [...text.matchAll(new RegExp(`${mark}:failed:(\\d+)`, 'g'))].map(([, code]) => Number(code));
          resolve({ output: text.replaceAll(new RegExp(`${mark}:\\w+(:\\d+)?\\n?`, 'g'), ''), failures });
        };
        bash.stdout.on('data', keep);
        bash.once('error', reject);
        const command = terminal
          ? `script -qefc "stty cols 100; bash ${script}" /dev/null </dev/null`
          : `source ${script} </dev/null`;
        bash.stdin.write(`${command}; echo "${mark}:done"\n`);
      }),
    end() {
      bash.stdin.end();
      if (bash.pid !== undefined) process.kill(-bash.pid, 'SIGTERM');
    },
  };
}
