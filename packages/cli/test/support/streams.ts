import { PassThrough, Writable } from 'node:stream';
import type { Streams } from '../../src/terminal/terminal.js';

/** Streams that a test reads back; `columns` makes them a terminal. */
export interface Captured extends Streams {
  readonly out: () => string;
  readonly err: () => string;
  /** Types into standard input. */
  readonly type: (text: string) => void;
  /** Ends standard input, after this. */
  readonly end: (text?: string) => void;
}

export function captured(options: { readonly columns?: number; readonly tty?: boolean } = {}): Captured {
  const isTTY = options.tty ?? options.columns !== undefined;
  const [stdout, out] = sink();
  const [stderr, err] = sink();
  const stdin = new PassThrough();
  return {
    stdin: Object.assign(stdin, { isTTY }),
    stdout: Object.assign(stdout, { isTTY, columns: options.columns }),
    stderr: Object.assign(stderr, { isTTY, columns: options.columns }),
    out,
    err,
    type: (text) => void stdin.write(text),
    end: (text) => void stdin.end(text),
  };
}

function sink(): readonly [Writable, () => string] {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return [stream, () => text];
}
