import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { createReadlineTerminal } from '../../src/cli.js';

/** A terminal on streams that a test reads; `tty: false` is a pipe. */
function given(env: NodeJS.ProcessEnv, tty = true) {
  const said: string[] = [];
  const output = new PassThrough();
  output.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const streams = {
    input: Object.assign(new PassThrough(), { isTTY: tty }) as unknown as ReadStream,
    output: Object.assign(output, { isTTY: tty, columns: 80 }) as unknown as WriteStream,
  };
  return { terminal: createReadlineTerminal({ ...streams, env, platform: 'linux' }), said: () => said.join('') };
}

describe('the terminal', () => {
  // @rule 1.12
  it('has somebody in front of it only where both sides are terminals', () => {
    expect(given({}).terminal.interactive).toBe(true);
    expect(given({}, false).terminal.interactive).toBe(false);
  });

  // @rule 1.40
  it('copies over SSH by an escape sequence of its own', async () => {
    const { terminal, said } = given({ SSH_CONNECTION: '1' });
    expect(await terminal.copy('BCDF-GHJK')).toBe(true);
    expect(said()).toBe(`\u001b]52;c;${Buffer.from('BCDF-GHJK').toString('base64')}\u0007`);
  });

  // @rule 1.40
  it('says that it cannot copy where there is no clipboard', async () => {
    expect(await given({}).terminal.copy('x')).toBe(false);
  });

  // @rule 1.38
  it.each([{ TERM_PROGRAM: 'vscode' }, { TERM: 'xterm-kitty' }, { WT_SESSION: 'x' }, { VTE_VERSION: '6003' }])(
    'shows links with %o',
    (env) => {
      expect(given(env).terminal.link?.('text', 'https://a.example/')).toBe(
        '\u001b]8;;https://a.example/\u001b\\text\u001b]8;;\u001b\\',
      );
    },
  );

  it.each([{}, { TERM: 'xterm' }, { TERM: 'dumb', WT_SESSION: 'x' }, { VTE_VERSION: '4500' }])(
    'shows plain text with %o',
    (env) => {
      expect(given(env).terminal.link?.('text', 'https://a.example/')).toBe('text');
    },
  );

  it('shows plain text in a pipe', () => {
    expect(given({ WT_SESSION: 'x' }, false).terminal.link?.('text', 'https://a.example/')).toBe('text');
  });

  // @rule 1.43
  it('asks for a secret only once nothing that is typed is shown any more', async () => {
    const happened: string[] = [];
    const input = Object.assign(new PassThrough(), {
      isTTY: true,
      isRaw: false,
      setRawMode: (raw: boolean) => void happened.push(raw ? 'hides' : 'shows'),
    });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    output.on('data', (chunk: Buffer) => {
      happened.push(chunk.toString());
      if (chunk.toString() === 'Password: ') input.write('secret\r');
    });
    const terminal = createReadlineTerminal({
      input: input as unknown as ReadStream,
      output: output as unknown as WriteStream,
      env: {},
    });
    expect(await terminal.secret({ message: 'Password: ' })).toBe('secret');
    expect(happened.slice(0, 2)).toEqual(['hides', 'Password: ']);
    expect(happened.join('')).not.toContain('secret');
  });
});
