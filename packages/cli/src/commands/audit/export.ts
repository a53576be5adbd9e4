import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { text } from '../../program/option.js';
import { count } from '../../terminal/time.js';
import { filterOptions, filterQuery } from './filters.js';

export const exportAudit = defineCommand({
  name: 'export',
  summary: 'Write audit events as JSON lines, oldest first.',
  options: {
    ...filterOptions,
    file: text('Write to this new file (mode 600) instead of standard output', {
      short: 'f',
      placeholder: 'PATH',
      completes: 'file',
    }),
  },
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin audit export --file audit.jsonl',
        '$ authly admin audit export --since 2025-07-01 | jq \'select(.outcome == "failure")\'',
      ],
    },
    {
      title: 'Notes',
      lines: ['Every line carries the SHA-256 of its event and the number of the seal that covers it.'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const events = await context.stream('exportAudit', { query: filterQuery(options) });
    const target = options.file === undefined ? context.terminal.streams.stdout : await openFile(options.file);
    const lines = await copyLines(events, target);
    if (options.file === undefined) return;
    target.end();
    const { finished } = await import('node:stream/promises');
    await finished(target);
    context.terminal.tell(`✓ ${count(lines, 'event')} written to ${options.file}`);
  },
});

/** Copies whole lines only: an export that broke off must not end in half an event. */
async function copyLines(body: AsyncIterable<Uint8Array>, target: Writable): Promise<number> {
  const decoder = new TextDecoder();
  let rest = '';
  let lines = 0;
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const end = rest.lastIndexOf('\n') + 1;
    const whole = rest.slice(0, end);
    rest = rest.slice(end);
    lines += whole.split('\n').length - 1;
    if (whole !== '' && !target.write(whole)) await new Promise((resolve) => target.once('drain', resolve));
  }
  if (rest.trim() === '') return lines;
  throw new CliError({
    message: 'The export broke off',
    reason: `The server stopped in the middle of event ${lines + 1}; everything before it is complete.`,
    hint: 'Run the command again, with --since the time of the last complete event.',
    code: 'network_error',
    exitCode: EXIT.network,
    retryable: true,
  });
}

async function openFile(path: string): Promise<Writable> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  return new Promise((resolve, reject) => {
    file.once('open', () => resolve(file));
    file.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new CliError({
          message: `${path} cannot be written`,
          reason: cause.code === 'EEXIST' ? 'The file exists already.' : `The system says ${cause.code}.`,
          hint: 'Choose another path.',
          code: 'usage',
          exitCode: EXIT.validation,
          cause,
        }),
      ),
    );
  });
}
