import { CliError } from '../../errors/cli-error.js';
import { EXIT, type ExitCode } from '../../errors/exit-code.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { integer, text } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { count, dateAndTime } from '../../terminal/time.js';

export const verifyAudit = defineCommand({
  name: 'verify',
  summary: 'Check that no audit event is missing or was edited.',
  description: [
    'Compares every event with its seal on the server. Ends with exit code 1 when the log was tampered with.',
  ],
  options: {
    from: integer('First sequence number to check', { min: 1 }),
    to: integer('Last sequence number to check', { min: 1 }),
    anchor: text('Where the log ended at an earlier check', { placeholder: 'LAST:HEAD_HASH' }),
  },
  shared: ['output'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin audit verify', '$ authly admin audit verify --from 1000'] },
    {
      title: 'Notes',
      lines: ['Note Last and Head Hash elsewhere. With --anchor they prove later that nothing was cut off at the end.'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context): Promise<ExitCode> {
    const { data } = await context.api.verifyAudit({
      query: { from_seq: options.from, to_seq: options.to, ...anchorQuery(options.anchor) },
    });
    const { terminal } = context;
    if (context.output === 'json' || data.valid) {
      printOutcome(context, {
        json: data,
        done: 'The audit log is intact',
        fields: [
          ['Events Checked', data.checked],
          ['First', data.first_seq],
          ['Last', data.last_seq],
          ['Head Hash', data.head_hash],
          ['Begins After', data.start && `${data.start.seq} (${dateAndTime(data.start.at)})`],
        ],
      });
      return data.valid ? EXIT.ok : EXIT.general;
    }
    terminal.print(`❌ ${terminal.color.red('The audit log was tampered with')}`);
    terminal.print();
    for (const { seq, kind, message } of data.problems)
      terminal.print(`${kind === 'head' ? 'End of the log' : `Event ${seq}`} (${kind}): ${oneLine(message)}`);
    if (data.problem_count > data.problems.length)
      terminal.print(`and ${data.problem_count - data.problems.length} more`);
    terminal.print();
    terminal.print(`${count(data.problem_count, 'problem')} in ${count(data.checked, 'event')}`);
    return EXIT.general;
  },
});

function anchorQuery(anchor: string | undefined): { readonly anchor_seq?: number; readonly anchor_hash?: string } {
  if (anchor === undefined) return {};
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/i.exec(anchor) ?? [];
  if (seq !== undefined) return { anchor_seq: Number(seq), anchor_hash: hash };
  throw new CliError({
    message: '--anchor must be LAST:HEAD_HASH',
    reason: 'Last is a number and Head Hash has 64 hexadecimal digits, as an earlier `audit verify` printed them.',
    hint: 'Example: --anchor 1234:477a03ea6df3435fc143d1bb6c7661a373901d04f232be484bb5ef9d5582a51b',
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
