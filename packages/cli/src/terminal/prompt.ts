import { Writable } from 'node:stream';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import type { Terminal } from './terminal.js';

/** Questions to a person. The caller has made sure that somebody is there. */

/** Asks for a line. Empty answers are asked again. */
export async function ask(terminal: Terminal, question: string): Promise<string> {
  for (;;) {
    const answer = (await read(terminal, question, { hidden: false })).trim();
    if (answer !== '') return answer;
  }
}

/** Asks for a secret: nothing of it is shown, not even its length. */
export async function askSecret(terminal: Terminal, question: string): Promise<string> {
  for (;;) {
    const answer = await read(terminal, question, { hidden: true });
    if (answer !== '') return answer;
  }
}

/** Asks yes or no; anything but yes is no. */
export async function askYes(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await read(terminal, `${question} [y/N]: `, { hidden: false });
  return /^y(?:es)?$/i.test(answer.trim());
}

async function read(terminal: Terminal, question: string, { hidden }: { readonly hidden: boolean }): Promise<string> {
  const { createInterface } = await import('node:readline');
  const { stdin, stderr } = terminal.streams;
  // The line editor must not know the question: it would repeat it, and what was typed, on every redraw.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stderr;
  const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  if (!hidden) lines.setPrompt(question);
  // Only now: until the editor has the terminal, the terminal itself shows what is typed.
  stderr.write(question);
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      lines.close();
      finish();
    };
    lines.once('line', (line) =>
      settle(() => {
        if (hidden) stderr.write('[hidden]\n');
        resolve(line);
      }),
    );
    lines.once('SIGINT', () => settle(() => reject(cancelled(stderr))));
    lines.once('close', () => settle(() => reject(cancelled(stderr))));
  });
}

function cancelled(stderr: NodeJS.WritableStream): CliError {
  stderr.write('\n');
  return new CliError({ message: 'Cancelled', code: 'cancelled', exitCode: EXIT.cancelled });
}
